package search

// stopWords carry no topic: function words in every language, of dialects too, and greetings. They
// count neither in articles nor in questions.
var stopWords = stopSet(map[string]string{
	"uk": `і й та а але або чи що шо як де коли хто кому чому чого куди звідки який яка яке які якого якої яку яким скільки скільке це цей ця ці цю цього
		той те ті того тому тут там тепер зараз вже уже ще також теж лише тільки навіть дуже просто я ти ми ви він вона воно вони мене мені мною мій моя моє мої
		мого моєму моєї мою моїх нас нам нами наш наша наше наші вас вам вами ваш ваша його йому її їй їх їм ним нею себе собі свій своє свою свої
		у в на з із зі до від за по під над при про для без через між перед після біля не ні ж же б би то от ось так бо якщо щоб поки хай нехай
		є був була було були буде будуть бути можна можу можемо може можете могти треба потрібно потрібен потрібна потрібні хочу хочемо хоче маю маємо має
		привіт вітаю добрий доброго день дня вечір вечора ранку дякую спасибі прошу будь ласка підкажіть скажіть допоможіть можете
		шо шоб нада надо можно щас тока єслі чи чого собі мені тобі всі все всіх усе`,
	"ru": `и а но или да нет что чё че как где когда кто кому почему зачем куда откуда какой какая какое какие какого какую каким сколько это этот эта эти эту этого
		тот та то те того там тут здесь теперь сейчас уже еще также тоже только лишь даже очень просто я ты мы вы он она оно они меня мне мной мой моя мое мои
		моего моему моей мою моих нас нам нами наш наша наше наши вас вам вами ваш ваша его ему ее ей их им ним ней себя себе свой свое свою свои
		у в во на с со из к ко до от за по под над при про о об для без через между перед после около не ни же ж бы б ли если чтобы пока так вот ну
		есть был была было были будет будут быть можно могу можем может можете мочь надо нужно нужен нужна нужны хочу хотим хочет имею
		привет здравствуйте добрый доброго день дня вечер вечера утро спасибо пожалуйста подскажите скажите помогите все всё всех который`,
	"ar": `و في من على الى إلى عن مع هل ما ماذا متى اين أين كيف لماذا من هو هي هم انا أنا انت نحن هذا هذه ذلك تلك هناك هنا الذي التي ان أن إن لا لم لن ليس قد كان كانت
		يكون تكون او أو ثم لكن اذا إذا كل بعض غير بعد قبل عند عندي لدي لي لنا له لها لهم بي به بها منه منها فيه فيها اريد أريد نريد يمكن يمكنني يمكننا استطيع أستطيع هل
		شو وين كيف بدي بدنا بدو بدها مشان منشان عشان ليش ايمت ايمتى امتى قديش اديش فيني فينا فيي عم رح راح هلق هلأ هلا لسا لسه هاد هاي هادا هدول هيك كتير شي اشي حدا
		هون هونيك يلي اللي انو لازم ممكن بس مو ما مافي ماعندي عنا الي إلي شلون وشو يعني مرحبا السلام عليكم اهلا شكرا لو سمحت سمحتم ياريت رجاء صباح الخير مساء
		الي معي معنا مين لوين لمين منين لايمت بعدين طيب يا بقدر منقدر بتقدر فيكن فيكم بدهم بدهن بدك عندو عنده النا لهلق لهلأ هنيك كم اي أي حول خلال دون منذ حتى ايضا أيضا عندنا عنده عندها صار صارت`,
	"fa": `و در از به با که این آن را برای تا یا هم من تو او ما شما آنها چه چی کجا کی چرا چگونه چطور آیا است هست نیست بود شد می شود کنم کند کنیم باید میخواهم میخواهم
		دارم دارد داریم ندارم یک هر اگر ولی اما سلام ممنون لطفا خواهش`,
	"en": `a an the and or but if of to in on at by for from with without about as into than then that this these those there here it its is are was were be been being am
		i me my mine we us our you your he him his she her they them their who whom what which when where why how do does did done doing have has had having can could
		may might must shall should will would not no yes so too very just also only any some all now please hello hi hey thanks thank pls plz dont doesnt cant im ive id
		get got want need like still yet`,
	"nl": `de het een en of maar als van te in op aan bij voor uit met zonder over naar tot door om dan dat dit deze die er hier daar is zijn was waren ben bent wordt worden
		ik mij me mijn wij we ons onze u uw jij je jouw hij hem haar zij ze hun hen wie wat welke wanneer waar waarom hoe doe doet doen heb hebt heeft hebben had kan kunt
		kunnen mag mogen moet moeten zal zullen wil willen niet geen ja nee ook nog al wel zo dus heel erg nu graag alstublieft hallo hoi dag bedankt krijg krijgt krijgen nodig`,
	"pl": `i a ale lub albo czy co jak gdzie kiedy kto dlaczego który która to ten ta te tego tej tym tu tam teraz już jeszcze też tylko bardzo ja ty my wy on ona oni mnie mi
		mój moja moje nas nam pan pani w we na z ze do od za po pod przy o dla bez przez nie tak się jest są był była będzie mogę można trzeba chcę mam ma proszę dziękuję dzień dobry cześć`,
	"tr": `ve veya ama bir bu şu o ne nasıl nerede nereye zaman kim neden niçin mi mı mu mü ben sen biz siz onlar benim bana bizim için ile de da var yok değil istiyorum gerek lazım merhaba teşekkürler lütfen`,
	"fr": `le la les un une des du de d et ou mais si que qui quoi dont où quand comment pourquoi ce cette ces ça je j tu il elle nous vous ils elles me m mon ma mes notre votre son sa ses
		à au aux en dans sur sous pour par avec sans chez ne n pas est sont suis ai a avez avons peut peux dois veux voudrais bonjour merci salut s il plaît plait quel quelle`,
	"es": `el la los las un una unos de del y o pero si que qué quien dónde donde cuándo cuando cómo como por porque para con sin en a al es son soy está estoy tengo tiene mi mis me nos yo tú
		su sus lo le no sí puedo puede debo quiero hola gracias favor cual cuál`,
	"so": `iyo ama laakiin waa waxaan waxa in aan ayaa baa ma maxaa sidee xagee goorma yaa aniga adiga annaga ku ka la u si oo leh haa maya mahadsanid salaan`,
	"ti": `እዩ እየ ናይ ናብ ካብ ኣብ ከመይ እንታይ መዓስ ኣበይ ኣነ ንሕና ሰላም የቐንየለይ`,
	"am": `ነው የት እንዴት መቼ ምን እኔ እኛ ወደ ከ ውስጥ ሰላም አመሰግናለሁ`,
})

func stopSet(lists map[string]string) map[string]map[string]bool {
	out := map[string]map[string]bool{}
	for lang, list := range lists {
		set := map[string]bool{}
		for _, w := range words(list) {
			set[w] = true
		}
		out[lang] = set
	}
	return out
}

// isStop reports whether the normalised word carries no topic in lang. Surzhyk mixes the two, so
// Ukrainian and Russian share their lists.
func isStop(word, lang string) bool {
	if lang == "uk" || lang == "ru" {
		return stopWords["uk"][word] || stopWords["ru"][word]
	}
	if set := stopWords[lang]; set != nil {
		return set[word]
	}
	for _, set := range stopWords {
		if set[word] {
			return true
		}
	}
	return false
}
