package language

import (
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
	inBoth = wordSet(`день школу можете украли понимаю пока вот потом та он его их надо нет можно взять есть или если меня её ее жить хочу мой моя мои было была сейчас ничего сказать спасибо завтра это привет знаю лист листа уже час часов муж прошу`)
	// Words of the south and of hasty Russian that look Ukrainian: a hint, no more.
	inSpeech = wordSet(`шо шоб нема ето етот ета етого трошки де`)
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

// How Ukrainian words begin and end that Russian spells in another way: выгнала, жилья, рисуют, бояться, идём, его.
var (
	ukrainianStarts = []string{"виг", "вик", "вип", "вих", "вив", "вим"}
	ukrainianEnds   = []string{"лля", "ння", "ття", "ззя", "ддя", "ччя", "ють", "ували", "увати", "ювати", "тися", "емо", "ьо", "ього", "ьому"}
)

func looksUkrainian(w string) bool {
	const letter = 2 // bytes of a Cyrillic letter
	if len(w) < 5*letter || strings.HasPrefix(w, "викинг") || strings.HasPrefix(w, "вихр") || w == "вигвам" {
		return false
	}
	return slices.ContainsFunc(ukrainianStarts, func(s string) bool { return strings.HasPrefix(w, s) }) ||
		slices.ContainsFunc(ukrainianEnds, func(e string) bool { return strings.HasSuffix(w, e) })
}

// sharedWords are the Cyrillic words that both Ukrainian and Russian texts have more than by chance: адвокат,
// паспорт.
func sharedWords(ukrainian, russian map[string]int) map[string]bool {
	const often = 2
	shared := map[string]bool{}
	for w, n := range ukrainian {
		if n >= often && russian[w] >= often && !onlyRussian[w] {
			shared[w] = true
		}
	}
	return shared
}

// evidence says of words which of the two languages they speak for: 1 is Ukrainian, -1 Russian, 0 neither of them
// although a list says so.
//
// Articles say the same in both languages, so that a word both know is rarely missing in the texts of one.
func evidence(ukrainian, russian map[string]int) map[string]int {
	const often = 2
	speaks := map[string]int{}
	for w, n := range ukrainian {
		if n >= often && russian[w] == 0 {
			speaks[w] = 1
		}
	}
	for w, n := range russian {
		switch {
		case onlyUkrainian[w] || mistypedUkrainian[w]:
			speaks[w] = 0
		case n >= often && ukrainian[w] == 0:
			speaks[w] = -1
		}
	}
	return speaks
}

func countWords(lists ...[]string) map[string]int {
	counts := map[string]int{}
	for _, text := range slices.Concat(lists...) {
		of, _ := byScript(splitWords(text))
		for _, w := range of[cyrillic] {
			counts[w]++
		}
	}
	return counts
}
