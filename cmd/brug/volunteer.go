package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/brug-helpdesk/brug/handoff"
)

func (c *cli) volunteerCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "volunteer", Short: "Say who may use the desk"}
	cmd.AddCommand(c.volunteerAdd(), c.volunteerList(), c.volunteerDisable(), c.volunteerToken())
	return cmd
}

// withVolunteers runs do on the helpdesk's list of volunteers.
func (c *cli) withVolunteers(cmd *cobra.Command, do func(ctx context.Context, config *Config, vs *handoff.Volunteers) error) error {
	config, err := c.config(cmd)
	if err != nil {
		return err
	}
	ctx := cmd.Context()
	s, done, err := openStore(ctx, slog.New(slog.NewTextHandler(c.err, nil)), config)
	if err != nil {
		return err
	}
	defer done()
	return do(ctx, config, handoff.NewVolunteers(s, time.Now))
}

// withVolunteer runs do on the volunteer of this name.
func (c *cli) withVolunteer(cmd *cobra.Command, name string, do func(ctx context.Context, vs *handoff.Volunteers, v handoff.Volunteer) error) error {
	return c.withVolunteers(cmd, func(ctx context.Context, _ *Config, vs *handoff.Volunteers) error {
		v, err := vs.ByName(ctx, name)
		if err != nil {
			return fmt.Errorf("find %q: %w", name, err)
		}
		return do(ctx, vs, v)
	})
}

func (c *cli) volunteerAdd() *cobra.Command {
	var languages, topics, meets []string
	var coordinator, urgent bool
	cmd := &cobra.Command{
		Use:   "add NAME",
		Short: "Add a volunteer, or make a new sign-in link for one",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.withVolunteers(cmd, func(ctx context.Context, config *Config, vs *handoff.Volunteers) error {
				v := handoff.Volunteer{Name: args[0], Languages: languages, Topics: topics, Role: handoff.RoleVolunteer, Urgent: urgent, Meets: meets}
				if coordinator {
					v.Role = handoff.RoleCoordinator
				}
				known, err := vs.ByName(ctx, v.Name)
				if errors.Is(err, handoff.ErrUnknown) {
					known, err = vs.Add(ctx, v)
				}
				if err != nil {
					return err
				}
				link, err := signInLink(ctx, config, vs, known)
				if err != nil {
					return err
				}
				fmt.Fprintf(c.out, "%s\n", link)
				fmt.Fprintf(c.err, "This link signs %s in once, within 24 hours.\n", known.Name)
				return nil
			})
		},
	}
	cmd.Flags().StringSliceVar(&languages, "languages", nil, "languages the volunteer writes: uk,ru,nl; default: all")
	cmd.Flags().StringSliceVar(&topics, "topics", nil, "topics the volunteer knows: housing,healthcare; default: all")
	cmd.Flags().StringSliceVar(&meets, "meets", nil, "newcomers' wishes the volunteer meets: woman")
	cmd.Flags().BoolVar(&urgent, "urgent", false, "is trained for cases of danger; these are then for trained volunteers only")
	cmd.Flags().BoolVar(&coordinator, "coordinator", false, "may look after volunteers, hours and channels")
	return cmd
}

// signInLink is the address that signs a volunteer in once.
func signInLink(ctx context.Context, config *Config, vs *handoff.Volunteers, v handoff.Volunteer) (string, error) {
	secret, err := vs.Link(ctx, v.ID)
	if err != nil {
		return "", err
	}
	return config.BaseURL + "/desk/sign-in/" + secret, nil
}

func (c *cli) volunteerList() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List the volunteers",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.withVolunteers(cmd, func(ctx context.Context, _ *Config, vs *handoff.Volunteers) error {
				all, err := vs.List(ctx)
				if err != nil {
					return err
				}
				var rows [][]string
				for _, v := range all {
					state := "active"
					if v.Disabled {
						state = "disabled"
					}
					urgent := ""
					if v.Urgent {
						urgent = "yes"
					}
					rows = append(rows, []string{v.Name, string(v.Role), state, urgent, strings.Join(v.Languages, ","), strings.Join(v.Topics, ",")})
				}
				table(c.out, []string{"name", "role", "state", "urgent", "languages", "topics"}, rows)
				return nil
			})
		},
	}
}

func (c *cli) volunteerDisable() *cobra.Command {
	return &cobra.Command{
		Use:   "disable NAME",
		Short: "Sign a volunteer out everywhere for good and give back their cases",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.withHelpdesk(cmd, func(ctx context.Context, h *helpdesk) error {
				v, err := h.volunteers.ByName(ctx, args[0])
				if err != nil {
					return fmt.Errorf("find %q: %w", args[0], err)
				}
				v.Disabled = true // this signs out everywhere
				if err := h.volunteers.Save(ctx, v); err != nil {
					return err
				}
				return h.queue.ReleaseAll(ctx, v.Actor())
			})
		},
	}
}

func (c *cli) volunteerToken() *cobra.Command {
	return &cobra.Command{
		Use:   "token NAME",
		Short: "Print a new token for the desk API; the old one ends",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.withVolunteer(cmd, args[0], func(ctx context.Context, vs *handoff.Volunteers, v handoff.Volunteer) error {
				token, err := vs.Token(ctx, v.ID)
				if err != nil {
					return err
				}
				fmt.Fprintln(c.out, token)
				return nil
			})
		},
	}
}
