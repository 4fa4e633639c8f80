package language

import (
	"math"
	"slices"
	"strings"
)

// Words that exist in one of the two languages only. Checked by hand: such as день, так, до, та, адрес,
// голова, квартира exist in both and are left out.
var (
	onlyUkrainian = wordSet(`як де що чи але або якщо щоб коли куди звідки навіщо скільки це цей ця ці цього цьому мені йому їй її їх його вона вони вже ще лише тільки
		також зараз сьогодні завтра вчора дуже багато потрібно потрібен потрібна потрібні маю має мають маємо немає нема була були буде дякую дякуємо привіт вітаю будь ласка
		прошу допоможіть поможіть підкажіть скажіть робити зробити отримати взяти жити працювати житло гроші лікар лікаря дитина дитину дитини діти дітей чоловік чоловіка дружина дружину
		хто який яка яке які якого якої яку яким шо шоб тіко скіки зробить робить спитать нічого ніхто від із бо ось оце тоді трошки трохи хай нехай поки мабуть якось десь ніде
		кудись зовсім взагалі завжди ніколи ето етот ета еті етого шото чогось якісь можу можете можемо хочемо живемо їдемо пишуть кажуть каже звати шукаю чекаю знаю розумію бачу прийшов прийшла прийшло прийшли
		приїхав приїхала приїхали поїхати поїхав загубив загубила вкрали хворіє болить лікарня лікарні ліки рахунок лист листа будинок кімната кімнату притулок прихисток
		сім'я сім'ї сусід сусіди роботу роботи роботодавець навчання школу мови мову курси допомогу допомога тиждень тижні місяць місяці рік років година годин день-два`)
	onlyRussian = wordSet(`как где что чтобы если когда куда откуда зачем почему сколько это этот эта эти этого этому мне ему ей её ее их его она оно они уже еще ещё только
		также сейчас теперь сегодня вчера очень много нужно нужен нужна нужны можно нельзя есть нету было была были будет спасибо здравствуйте здраствуйте пожалуйста
		помогите подскажите скажите делать сделать получить работать деньги врач врача ребенок ребёнок ребенка ребёнка дети детей муж мужа жена жену кто какой какая какое какие
		какого какую каким никто или пока совсем вообще всегда никогда могу можете хотим живем живём едем говорят пишут зовут ищу понимаю вижу пришел пришёл пришла пришло пришли
		приехал приехала приехали поехать потерял потеряла украли больница больницы лекарство лекарства счет счёт письмо письма приют убежище сосед соседи работодатель учеба
		неделя неделю недели месяц месяца год лет час часов помощь помощи другой другая потом тогда вот пусть наверное немного чтоб`)
	// Words that both languages, or surzhyk, use are no evidence whatever list they got into.
	inBoth = wordSet(`курси день роботи роботу школу можете мови болить спитать робить зробить украли понимаю пока вот потом та ти ви он мене его их надо нет можно взять тепер треба есть или если меня её ее робота жить хочу мой моя мои было была сейчас ничего сказать спасибо завтра это привет`)
)

// Ukrainian words typed with и for і, unless that makes a Russian word.
var mistypedUkrainian = func() map[string]bool {
	set := map[string]bool{}
	for w := range onlyUkrainian {
		if m := mistyped([]string{w})[0]; m != w && len(m) > 4 && !onlyRussian[m] && !inBoth[m] {
			set[m] = true
		}
	}
	return set
}()

// detectCyrillic decides between Ukrainian and Russian.
func (d *Detector) detectCyrillic(words []string) Guess {
	var ukrainian, russian float64
	for _, w := range words {
		if strings.ContainsAny(w, "іїєґ") {
			ukrainian += 3
		}
		if i := strings.IndexByte(w, '\''); i > 0 && i < len(w)-1 {
			ukrainian += 2
		}
		if strings.ContainsAny(w, "ыэёъ") {
			russian += 3
		}
		switch {
		case inBoth[w]:
		case onlyUkrainian[w] && !onlyRussian[w], mistypedUkrainian[w]:
			ukrainian += 2
		case onlyRussian[w] && !onlyUkrainian[w]:
			russian += 2
		}
	}
	if ukrainian > 0 {
		// Surzhyk borrows Russian words; Russian does not borrow Ukrainian ones.
		russian *= surzhyk
	}
	points := ukrainian - russian
	var store [2]float64
	own := slices.ContainsFunc(words, func(w string) bool { return !d.shared[w] })
	if !own && points == 0 {
		return Guess{Lang: "uk", Confidence: 0.5, Second: "ru"}
	}
	sums := d.cyrillic.sums(words, store[:0])
	z := points + independent*(sums[0]-sums[1]) + ukrainianFirst
	p := 1 / (1 + math.Exp(-z))
	if p >= 0.5 || points == 0 && 1-p < leanBelow {
		return Guess{Lang: "uk", Confidence: max(p, 0.5), Second: "ru"}
	}
	return Guess{Lang: "ru", Confidence: 1 - p, Second: "uk"}
}

const (
	surzhyk        = 0.5 // what Russian words count beside Ukrainian ones
	ukrainianFirst = 0.4 // in doubt it is Ukrainian
	leanBelow      = 0.6 // Russian only by its letters, and no surer than this, is taken for Ukrainian
)

// sharedWords are the Cyrillic words that both Ukrainian and Russian texts have more than by chance: адвокат,
// паспорт.
func sharedWords(ukrainian, russian []string) map[string]bool {
	const often = 3
	u, r := countWords(ukrainian), countWords(russian)
	shared := map[string]bool{}
	for w, n := range u {
		if n >= often && r[w] >= often && !onlyRussian[w] {
			shared[w] = true
		}
	}
	return shared
}

func countWords(texts []string) map[string]int {
	counts := map[string]int{}
	for _, text := range texts {
		of, _ := byScript(splitWords(text))
		for _, w := range of[cyrillic] {
			counts[w]++
		}
	}
	return counts
}
