package main

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"time"

	"github.com/go-viper/mapstructure/v2"
	koanfyaml "github.com/knadh/koanf/parsers/yaml"
	"github.com/knadh/koanf/providers/confmap"
	"github.com/knadh/koanf/providers/file"
	"github.com/knadh/koanf/v2"
	"github.com/spf13/pflag"

	"github.com/brug-helpdesk/brug/handoff/mail"
)

// Config is every setting of brug. The key is the name in brug.yaml; the environment
// has it as BRUG_ and capitals with "_" for ".", a flag with "-" for "_". A secret may
// also stand in a file, named by the same variable with _FILE.
type Config struct {
	Addr      string `koanf:"addr" default:"127.0.0.1:8080" help:"address of the web server"`
	Data      string `koanf:"data" default:"./data" help:"data folder"`
	BaseURL   string `koanf:"base_url" help:"public address, used in every printed link; default: https:// and tls_domain, else http://localhost and the port"`
	TLSDomain string `koanf:"tls_domain" help:"serve this domain over https on ports 443 and 80, with a certificate from Let's Encrypt; default: off"`
	Desk      string `koanf:"desk" default:"main" help:"name of this helpdesk, a-z 0-9 - up to 32 characters"`

	RedisURL string        `koanf:"redis_url" secret:"yes" help:"redis:// or unix://, ?master_name= for Sentinel, ?addr= for a Cluster; default: our own Redis"`
	Key      string        `koanf:"key" secret:"yes" help:"encryption key; default: made at first start in the data folder"`
	Quiet    time.Duration `koanf:"quiet" default:"1500ms" help:"how long free text waits for more of it (time)"`
	Keep     time.Duration `koanf:"keep" default:"720h" help:"how long people's data is kept after their question is closed (time)"`

	UrgentAgain time.Duration `koanf:"urgent.again" default:"10m" help:"after how long the volunteers are called again to somebody in danger (time)"`

	OrgName      string `koanf:"org.name" help:"who runs this helpdesk"`
	OrgContact   string `koanf:"org.contact" help:"how to reach them: an address or a telephone number"`
	MetricsToken string `koanf:"metrics.token" secret:"yes" help:"token for /metrics from other machines; default: this machine only"`
	Proxies      string `koanf:"trusted_proxies" help:"addresses of proxies in front, by comma (10.0.0.0/8)"`

	TelegramToken  string `koanf:"telegram.token" secret:"yes" help:"Telegram bot token from @BotFather; default: off"`
	TelegramAPI    string `koanf:"telegram.api_url" default:"https://api.telegram.org" help:"address of the Telegram Bot API"`
	TelegramMode   string `koanf:"telegram.mode" default:"poll" help:"poll or webhook"`
	NotifyTelegram string `koanf:"notify.telegram" help:"Telegram chat that hears of escalations; default: off"`

	MailServer   string        `koanf:"mail.server" help:"mail server for alerts to volunteers, host:port (587 STARTTLS, 465 TLS); default: off"`
	MailFrom     string        `koanf:"mail.from" help:"address that alerts come from"`
	MailUser     string        `koanf:"mail.user" help:"name to sign in with at the mail server; default: none"`
	MailPassword string        `koanf:"mail.password" secret:"yes" help:"password for it"`
	AlertAfter   time.Duration `koanf:"alert.after" default:"10m" help:"how long of office hours somebody waits before volunteers away from the desk hear of it (time)"`

	SignalRPC     string `koanf:"signal.rpc" help:"signal-cli daemon: tcp://, unix:// or http://; default: off"`
	SignalAccount string `koanf:"signal.account" help:"Signal number of the helpdesk, +31…"`

	WhatsApp     string `koanf:"whatsapp" default:"off" help:"on or off: a linked WhatsApp device"`
	WhatsAppDB   string `koanf:"whatsapp_db" secret:"yes" help:"postgres:// address for the device's keys; default: SQLite in the data folder"`
	WhatsAppPace int    `koanf:"whatsapp_per_minute" default:"20" help:"how many WhatsApp messages may go out in a minute, urgent ones not counted; more looks like a machine, for which WhatsApp bans numbers"`
}

// setting describes one field of Config.
type setting struct {
	key, env, flag, def, help string
	secret                    bool
}

// settings are the fields of Config, in their order.
func settings() []setting {
	var all []setting
	t := reflect.TypeFor[Config]()
	for i := range t.NumField() {
		tag := t.Field(i).Tag
		key := tag.Get("koanf")
		all = append(all, setting{
			key: key, def: tag.Get("default"), help: tag.Get("help"), secret: tag.Get("secret") != "",
			env:  "BRUG_" + strings.ToUpper(strings.ReplaceAll(key, ".", "_")),
			flag: strings.ReplaceAll(key, "_", "-"),
		})
	}
	return all
}

// addFlags gives every setting a flag.
func addFlags(flags *pflag.FlagSet) {
	flags.String("config", "", "settings file; default: brug.yaml in the data folder, if it exists")
	for _, s := range settings() {
		flags.String(s.flag, "", s.help+" ("+s.env+")")
	}
}

// loadConfig reads the settings: defaults, then the file, the environment, the flags.
// All problems are reported at once.
func loadConfig(flags *pflag.FlagSet, getenv func(string) string) (*Config, error) {
	k := koanf.New("\x00") // keys are flat: "telegram.token" is one name
	over := map[string]any{}
	var problems []error
	for _, s := range settings() {
		if s.def != "" {
			over[s.key] = s.def
		}
	}
	if err := k.Load(confmap.Provider(over, ""), nil); err != nil {
		return nil, fmt.Errorf("read defaults: %w", err)
	}
	env, errs := fromEnvironment(getenv)
	problems = append(problems, errs...)
	given := fromFlags(flags)
	if err := loadFile(k, flags, env, given); err != nil {
		problems = append(problems, err)
	}
	for _, layer := range []map[string]any{env, given} {
		if err := k.Load(confmap.Provider(layer, ""), nil); err != nil {
			return nil, fmt.Errorf("read settings: %w", err)
		}
	}
	c := &Config{}
	err := k.UnmarshalWithConf("", c, koanf.UnmarshalConf{Tag: "koanf", FlatPaths: true, DecoderConfig: &mapstructure.DecoderConfig{
		DecodeHook: mapstructure.StringToTimeDurationHookFunc(), Result: c, WeaklyTypedInput: true, TagName: "koanf",
	}})
	if err != nil {
		problems = append(problems, fmt.Errorf("settings: %w; a time is written 1500ms, 2s or 720h", err))
	}
	problems = append(problems, c.validate()...)
	return c, errors.Join(problems...)
}

func fromEnvironment(getenv func(string) string) (map[string]any, []error) {
	env := map[string]any{}
	var problems []error
	for _, s := range settings() {
		if v := getenv(s.env); v != "" {
			env[s.key] = v
		}
		if path := getenv(s.env + "_FILE"); s.secret && path != "" {
			raw, err := os.ReadFile(path)
			if err != nil {
				problems = append(problems, fmt.Errorf("%s_FILE: %w", s.env, err))
				continue
			}
			env[s.key] = strings.TrimSpace(string(raw))
		}
	}
	return env, problems
}

func fromFlags(flags *pflag.FlagSet) map[string]any {
	given := map[string]any{}
	for _, s := range settings() {
		if f := flags.Lookup(s.flag); f != nil && f.Changed {
			given[s.key] = f.Value.String()
		}
	}
	return given
}

// loadFile reads --config, or brug.yaml of the data folder if there is one.
func loadFile(k *koanf.Koanf, flags *pflag.FlagSet, layers ...map[string]any) error {
	path, _ := flags.GetString("config")
	if path == "" {
		data := k.String("data")
		for _, layer := range layers {
			if v, ok := layer["data"].(string); ok {
				data = v
			}
		}
		path = filepath.Join(data, "brug.yaml")
		if _, err := os.Stat(path); err != nil {
			return nil
		}
	}
	read := koanf.New(".")
	if err := read.Load(file.Provider(path), koanfyaml.Parser()); err != nil {
		return fmt.Errorf("read %s: %w", path, err)
	}
	known := map[string]bool{}
	for _, s := range settings() {
		known[s.key] = true
	}
	values := map[string]any{}
	var problems []error
	for key, value := range read.All() {
		if !known[key] {
			problems = append(problems, fmt.Errorf("%s: unknown setting %q; brug doctor --settings lists all", path, key))
			continue
		}
		values[key] = value
	}
	if err := k.Load(confmap.Provider(values, ""), nil); err != nil {
		return fmt.Errorf("read %s: %w", path, err)
	}
	return errors.Join(problems...)
}

var (
	deskName = regexp.MustCompile(`^[a-z0-9-]{1,32}$`)
	// A name that a public authority signs for: not localhost, not a number.
	domainForm = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])$`)
	tokenForm  = regexp.MustCompile(`^[0-9]+:[A-Za-z0-9_-]{20,}$`)
)

// validate finds everything wrong at once and fills in what follows from the rest.
func (c *Config) validate() []error {
	var problems []error
	wrong := func(key, format string, args ...any) {
		env := "BRUG_" + strings.ToUpper(strings.ReplaceAll(key, ".", "_"))
		problems = append(problems, fmt.Errorf("%s: %s", env, fmt.Sprintf(format, args...)))
	}
	_, port, err := net.SplitHostPort(c.Addr)
	if err != nil {
		wrong("addr", "%q is not an address; give host:port, for example 127.0.0.1:8080", c.Addr)
	}
	c.TLSDomain = strings.ToLower(c.TLSDomain)
	switch {
	case c.BaseURL != "":
	case c.TLSDomain != "":
		c.BaseURL = "https://" + c.TLSDomain
	default:
		c.BaseURL = "http://localhost:" + port
	}
	c.BaseURL = strings.TrimRight(c.BaseURL, "/")
	if c.TLSDomain != "" && !domainForm.MatchString(c.TLSDomain) {
		wrong("tls_domain", "%q is not a domain; give its name alone, for example helpdesk.example.org", c.TLSDomain)
	} else if c.TLSDomain != "" && c.BaseURL != "https://"+c.TLSDomain {
		wrong("tls_domain", "BRUG_BASE_URL says %s; leave it away, or give https://%s", c.BaseURL, c.TLSDomain)
	}
	if u, err := url.Parse(c.BaseURL); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		wrong("base_url", "%q is not a web address; give https://your.domain", c.BaseURL)
	}
	if !deskName.MatchString(c.Desk) {
		wrong("desk", "%q is not a name; use a-z, 0-9 and -, up to 32 characters", c.Desk)
	}
	if c.Quiet < 0 || c.Quiet > 10*time.Second {
		wrong("quiet", "%s is out of range; give 0 to 10s", c.Quiet)
	}
	if c.Keep < 24*time.Hour {
		wrong("keep", "%s is too short to answer anybody; give at least 24h", c.Keep)
	}
	if c.UrgentAgain < time.Minute || c.UrgentAgain > 24*time.Hour {
		wrong("urgent.again", "%s is out of range; give 1m to 24h", c.UrgentAgain)
	}
	if c.TelegramToken != "" && !tokenForm.MatchString(c.TelegramToken) {
		wrong("telegram.token", "this is not a token; copy it whole from @BotFather (digits, a colon, letters)")
	}
	if c.TelegramMode != "poll" && c.TelegramMode != "webhook" {
		wrong("telegram.mode", "%q; give poll or webhook", c.TelegramMode)
	}
	if c.TelegramMode == "webhook" && c.TelegramToken != "" && !strings.HasPrefix(c.BaseURL, "https://") && c.TelegramAPI == "https://api.telegram.org" {
		wrong("telegram.mode", "a webhook needs BRUG_BASE_URL with https://; or use poll")
	}
	if c.NotifyTelegram != "" && c.TelegramToken == "" {
		wrong("notify.telegram", "needs BRUG_TELEGRAM_TOKEN")
	}
	if c.MailServer != "" {
		if _, err := mail.New(c.mail()); err != nil {
			wrong("mail.server", "%v; give BRUG_MAIL_SERVER=host:port and BRUG_MAIL_FROM", err)
		}
	}
	if c.AlertAfter < time.Minute {
		wrong("alert.after", "%s is too short; give at least 1m", c.AlertAfter)
	}
	if c.WhatsApp != "on" && c.WhatsApp != "off" {
		wrong("whatsapp", "%q; give on or off", c.WhatsApp)
	}
	if c.WhatsAppPace < 1 || c.WhatsAppPace > 1000 {
		wrong("whatsapp_per_minute", "%d is out of range; give 1 to 1000", c.WhatsAppPace)
	}
	for _, p := range c.proxyList() {
		if _, err := parseNetwork(p); err != nil {
			wrong("trusted_proxies", "%q is not an address", p)
		}
	}
	return problems
}

func (c *Config) mail() mail.Config {
	return mail.Config{Server: c.MailServer, From: c.MailFrom, User: c.MailUser, Password: c.MailPassword}
}

func (c *Config) proxyList() []string {
	return strings.FieldsFunc(c.Proxies, func(r rune) bool { return r == ',' || r == ' ' })
}

// proxies are the networks of trusted proxies.
func (c *Config) proxies() []netip.Prefix {
	var all []netip.Prefix
	for _, p := range c.proxyList() {
		if n, err := parseNetwork(p); err == nil { // validate has reported the others
			all = append(all, n)
		}
	}
	return all
}

// parseNetwork reads 10.0.0.0/8, or one address.
func parseNetwork(s string) (netip.Prefix, error) {
	if addr, err := netip.ParseAddr(s); err == nil {
		return netip.PrefixFrom(addr, addr.BitLen()), nil
	}
	return netip.ParsePrefix(s)
}
