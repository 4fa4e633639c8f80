package router

import "testing"

// asked are questions for an article or a volunteer that use the same words.
const asked = `
Мені потрібна людина для догляду за мамою
жінка лікар є у вас?
моя жінка вагітна
where can I find a female doctor
моя женщина беременна
mijn vrouw is zwanger
مرتي حامل
потрібна людина, яка перекладе в лікаря
шукаю людину для практики нідерландської
хочу спілкуватися з людьми з України
я хочу стати волонтером
який мобільний оператор кращий
Дитині потрібна допомога психолога
допоможіть знайти житло
допоможіть з листом від податкової
потрібна допомога з BSN
Допомога на дітей, як отримати?
чи дають допомогу безробітним
як видалити мої дані з DigiD
як видалити акаунт на Facebook
лікар хоче видалити зуб
видалили мій запис до лікаря
хочу вивчити мову
де вчити іншу мову
школа іншою мовою для дитини
я не знаю мову, як піти до лікаря?
моє місце в черзі на житло
яка черга на соціальне житло
скільки чекати на BSN
які дані потрібні для реєстрації
чи можу змінити мої дані в муніципалітеті
автобус стоп біля хостелу
не пишіть листи, мені їх не прочитати, бо листи нідерландською
привіт, як отримати бсн
добрий день а де взяти ліфгелд
дякую, а як щодо зубів?
що робити якщо загубив паспорт
мене виселяють що робити
нужен человек, который переведёт документы
ищу человека для практики языка
помогите снять квартиру
помогите с письмом от IND
нужна помощь стоматолога
нужна помощь с долгами
как получить помощь на ребенка
удалить зуб сколько стоит
как удалить мои данные из налоговой
сменить язык в приложении DigiD
на другом языке экзамен на права можно?
очередь на социальное жилье сколько лет
мое место в очереди на квартиру
когда мне ответят из IND
остановить выплату пособия могут?
спасибо, а сколько это стоит
здравствуйте, как получить BSN
привет где найти работу
что делать если потерял паспорт
что вы знаете о временной защите
волонтером где можно стать
I need a doctor
help with rent
I need help with my rent
help me find a house
please help me register at gp
need help paying health insurance
I need a person who can translate at the hospital
is the landlord a real person or scam
is this website a real company
I want to talk to a real doctor
How do I speak with my doctor
can I talk to my child in school
where can I talk Dutch with someone
my child speaks another language at school
can I do the driving exam in another language
How do I change the language in the DigiD app
how do I delete my data from DigiD
how to delete facebook account
can IND delete my file
who do I ask to delete my debts
what data do they need for BSN
my data in the BRP are wrong
my place in the queue for social housing
place in the queue for a house
how long do I have to wait for BSN
bus stop near shelter
stop my health insurance
can they stop my leefgeld
they said stop working here
my boss told me to stop writing complaints
Hello, how do I get a BSN?
thanks but how much does it cost
Hi I lost my passport
what should I do if I lost my job
volunteer work near me
Can I work as a volunteer
I got a message from an unknown person
hulp bij huur
ik heb hulp nodig bij de belasting
hulp in de huishouding voor mijn moeder
kunt u mij helpen met een brief
ik wil Nederlands praten met een vrijwilliger
afspraak maken met een medewerker van de gemeente
welke gegevens hebben jullie nodig voor een bsn
hoe lang duurt het nog voor mijn bsn komt
mijn gegevens kloppen niet in de brp
kan de gemeente mijn gegevens verwijderen
tand verwijderen wat kost dat
andere taal op school voor mijn kind
ik wil een andere taal leren
stoppen met de zorgverzekering
vrijwilliger worden hoe moet dat
goedemorgen hoe krijg ik digid
plaats op school voor mijn kind
بدي شخص يساعدني بالترجمة عند الدكتور
أريد شخصا يترجم لي في المستشفى
كيف أتكلم مع موظف البلدية
احتاج مساعدة في ايجار البيت
بدي مساعدة بالإيجار
ساعدوني لاقي بيت
مساعدة مالية للاجئين كيف بقدم
كيف أحذف بياناتي من ديجي دي
كيف امسح حساب الفيسبوك
كيف أغير اللغة في تطبيق digid
بدي اتعلم لغة ثانية
وين بتعلم اللغة الهولندية
دوري في قائمة السكن
متى يرد علي IND
لا توقفوا راتبي
وقف راتبي شو اعمل
شو اعمل اذا ضيعت جواز سفري
مرحبا كيف بطلع bsn
شكرا بس قديش بتكلف
بدي اشتغل متطوع
معلوماتي غلط بالبلدية
potribna dopomoha z zhytlom
kak poluchit bsn
pomogite nayti kvartiru
baddi musaada bil ijar
kif bittalle3 bsn
i want to help someone
can i volunteer
I want to talk to someone in Dutch
хочу поговорити з кимось нідерландською
хочу бути волонтером
є робота для людини без мови?
мне нужен человек с машиной
ik wil iemand helpen
ik wil vrijwilliger zijn
بدي ساعد شخص
що ви знаєте про тимчасовий захист
how do I delete my data from the BRP
можна писати листи українською в муніципалітет?
дякую за відповідь але що далі
thanks for the answer but how long
спасибо большое а сколько ждать
коли працює муніципалітет
when is the gemeente open
скасувати страховку
cancel my health insurance
الغاء التأمين الصحي
мені вже не дають гроші
так
ні
да
yes
no
нет
نعم
لا
1
112
`

func TestQuestionsAreNoWishes(t *testing.T) {
	w := loadWishes(t)
	for _, text := range lines(asked) {
		if got := w.find(text); got != NoWish {
			t.Errorf("%q is read as %q, expected a question", text, got)
		}
	}
	if got := w.find("/unknown"); got != NoWish {
		t.Errorf("an unknown command is read as %q", got)
	}
}

// A person is wished for in a sentence of its own, politely, with a number to call.
func TestAPersonIsWishedForInASentence(t *testing.T) {
	w := loadWishes(t)
	for _, text := range []string{
		"Can somebody call me on 0612345678? I want to talk to a person",
		"please, can someone call me back",
		"We arrived yesterday with two children and nobody tells us where to go or what to do now. Please call me: 06 1234 5678.",
		"передзвоніть мені будь ласка",
		"Ми вже тиждень чекаємо і нічого не розуміємо з цих листів від гементе. Прошу Вас, зателефонуйте мені!",
		"перезвоните мне пожалуйста по делу. Позвоните мне, пожалуйста",
		"هل يمكن أن يتصل بي أحد على 0612345678؟ أريد التحدث مع شخص",
		"اتصلوا بي من فضلكم",
		"bel mij terug op 0612345678 alstublieft",
	} {
		if got := w.find(text); got != WishPerson {
			t.Errorf("%q is read as %q", text, got)
		}
	}
	for _, text := range []string{"please", "будь ласка", "2 человека", "my boss says he will call me on Monday. Is that legal?", "0612345678"} {
		if got := w.find(text); got == WishPerson {
			t.Errorf("%q is read as %q", text, got)
		}
	}
}

func TestLongMessageTellsAStory(t *testing.T) {
	w := loadWishes(t)
	short := "мені б краще поговорити з людиною про все це"
	if got := w.find(short); got != WishPerson {
		t.Errorf("%q is read as %q", short, got)
	}
	long := short + " бо чоловік мене знову побив"
	if got := w.find(long); got != NoWish {
		t.Errorf("%q is read as %q", long, got)
	}
}

// A telephone number is written in groups, and in the digits of one's own script.
func TestAPersonIsWishedForWithANumberInGroups(t *testing.T) {
	w := loadWishes(t)
	story := "We arrived yesterday with two children and nobody tells us where to go or what to do now. "
	for _, text := range []string{
		story + "Please call me: 06 12 34 56 78",
		story + "Please call me: +31 6 12 34 56 78.",
		story + "اتصلوا بي من فضلكم ٠٦ ١٢٣٤٥٦٧٨",
		story + "اتصلوا بي من فضلكم ٠٦ ١٢ ٣٤ ٥٦ ٧٨",
	} {
		if got := w.find(text); got != WishPerson {
			t.Errorf("%q is read as %q", text, got)
		}
	}
}
