package safety

import (
	"math"
	"math/rand/v2"

	"github.com/brug-helpdesk/brug/internal/compact"
)

// Learning. The same examples give the same weights: nothing in it is by chance.
const (
	rounds      = 4    // how often every example is looked at
	stride      = 0.35 // how far a first step goes
	forget      = 1e-3 // how much of a weight is lost at each step
	settled     = 0.02 // errors smaller than this teach nothing more
	fewestUses  = 2    // in how many examples a feature must stand to be known
	seed        = 20260422
	usualLength = 1 << 18 // about how many features the examples have
)

// learn weighs the features of the examples by what they are: logistic regression over all
// outcomes, every example a step, the steps of a feature becoming smaller (AdaGrad).
func (r *Rules) learn(all []example) *likeness {
	rows := make([][]feature, len(all))
	uses := make(map[feature]int32, usualLength)
	for i, e := range all {
		f := r.scratch.Get().(*found)
		active := r.understand(f, e.text, "")
		rows[i] = f.featuresOf(nil, 0, len(f.tokens), active)
		r.scratch.Put(f)
		for _, h := range rows[i] {
			uses[h]++
		}
	}
	var shared []uint64
	for h, n := range uses {
		if n >= fewestUses {
			shared = append(shared, uint64(h))
		}
	}
	l := &likeness{known: compact.NewKeys(shared)}
	l.worth, l.vote = make([]float32, l.known.Len()), make([]weights, l.known.Len())
	for _, h := range shared {
		id, _ := l.known.Find(h)
		l.worth[id] = float32(math.Log(float64(len(all)+1) / float64(uses[feature(h)])))
	}
	l.fit(all, rows)
	return l
}

// numbered is a feature that is known.
type numbered struct {
	id    int32
	block block
}

func (l *likeness) fit(all []example, rows [][]feature) {
	features := make([][]numbered, len(all))
	for i, row := range rows {
		for _, h := range row {
			if id, ok := l.known.Find(uint64(h)); ok {
				features[i] = append(features[i], numbered{int32(id), h.block()})
			}
		}
	}
	squares := make([]weights, len(l.vote))
	var leanSquares weights
	turns := rand.New(rand.NewPCG(seed, seed))
	for range rounds {
		for _, i := range turns.Perm(len(all)) {
			var lengths [blocks]float32
			for _, f := range features[i] {
				lengths[f.block] += l.worth[f.id] * l.worth[f.id]
			}
			share := shares(lengths)
			p := l.lean
			for _, f := range features[i] {
				w := l.worth[f.id] * share[f.block]
				for k := range p {
					p[k] += w * l.vote[f.id][k]
				}
			}
			soften(&p)
			right := all[i].kind
			if right == calm {
				right = outcomes - 1
			}
			p[right]--
			if p.settled() {
				continue
			}
			step(&l.lean, &leanSquares, &p, 1)
			for _, f := range features[i] {
				step(&l.vote[f.id], &squares[f.id], &p, l.worth[f.id]*share[f.block])
			}
		}
	}
}

// settled reports whether nothing can be learned from the errors.
func (wrong *weights) settled() bool {
	for _, w := range wrong {
		if w >= settled || w <= -settled {
			return false
		}
	}
	return true
}

// step moves weights against the error, scaled by how strongly the feature took part.
func step(v, squares, wrong *weights, part float32) {
	for k := range v {
		if wrong[k] < settled && wrong[k] > -settled {
			continue
		}
		g := part*wrong[k] + forget*v[k]
		squares[k] += g * g
		v[k] -= stride * g / root(squares[k]+1e-8)
	}
}

// soften turns sums of votes into probabilities.
func soften(p *weights) {
	most := p[0]
	for _, v := range p[1:] {
		most = max(most, v)
	}
	var sum float32
	for k := range p {
		p[k] = float32(math.Exp(float64(p[k] - most)))
		sum += p[k]
	}
	for k := range p {
		p[k] /= sum
	}
}

func root(x float32) float32 { return float32(math.Sqrt(float64(x))) }
