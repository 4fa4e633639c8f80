package language

import (
	"math"
	"strings"
)

// Words that exist in one of the two languages only. Checked by hand: such as день, так, до, та, адрес,
// голова, квартира exist in both and are left out.
var (
	onlyUkrainian = wordSet(`як де що чи але або якщо щоб коли куди звідки навіщо скільки це цей ця ці цього цьому мене мені йому їй її їх його ти ви він вона вони вже ще лише тільки
		також зараз тепер сьогодні завтра вчора дуже багато треба потрібно потрібен потрібна потрібні можна маю має мають немає нема був була було були буде дякую дякуємо привіт вітаю будь ласка
		прошу допоможіть підкажіть скажіть робити зробити отримати взяти жити працювати робота житло гроші лікар дитина діти чоловік дружина хто який яка яке які якого якої
		шо шоб тіко скіки зробить робить спитать нічого ніхто від із або бо та`)
	onlyRussian = wordSet(`как где что чтобы если когда куда откуда зачем почему сколько это этот эта эти этого этому меня мне ему ей её ее их его ты вы он она они уже еще ещё только
		также сейчас теперь сегодня вчера очень много надо нужно нужен нужна нужны можно нельзя есть нет нету была было были будет спасибо привет здравствуйте здраствуйте пожалуйста
		помогите подскажите скажите делать сделать получить взять жить работать деньги врач ребенок ребёнок дети муж жена кто какой какая какое какие какого ничего никто или
		хочу мой моя мои`)
	// Words that both languages, or surzhyk, use are no evidence whatever list they got into.
	inBoth = wordSet(`та ти ви он мене его их надо нет можно взять тепер треба есть или если меня её ее робота жить хочу мой моя мои было была сейчас ничего сказать спасибо завтра это привет`)
)

// detectCyrillic decides between Ukrainian and Russian.
func (d *Detector) detectCyrillic(words []string) Guess {
	var points float64 // positive is Ukrainian
	for _, w := range words {
		if strings.ContainsAny(w, "іїєґ") {
			points += 3
		}
		if i := strings.IndexByte(w, '\''); i > 0 && i < len(w)-1 {
			points += 2
		}
		if strings.ContainsAny(w, "ыэёъ") {
			points -= 3
		}
		switch {
		case inBoth[w]:
		case onlyUkrainian[w] && !onlyRussian[w]:
			points += 2
		case onlyRussian[w] && !onlyUkrainian[w]:
			points -= 2
		}
	}
	var store [2]float64
	sums := d.cyrillic.sums(words, store[:0])
	z := points + letterShare*(sums[0]-sums[1]) + ukrainianFirst
	p := 1 / (1 + math.Exp(-z))
	if p >= 0.5 {
		return Guess{Lang: "uk", Confidence: p, Second: "ru"}
	}
	return Guess{Lang: "ru", Confidence: 1 - p, Second: "uk"}
}

const (
	letterShare    = 0.22 // what the letters' evidence counts beside the rules; their n-grams overlap
	ukrainianFirst = 0.4  // in doubt it is Ukrainian
)
