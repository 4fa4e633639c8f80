package router

// meant are messages as people type them, one a line.
var meant = map[Wish]string{
	WishStart: `
/start
/START abc
Почати
ابدأ
`,
	WishHelp: `
/help
Меню
що ти вмієш?
Хто ви?
это бот?
Кто вы?
what can you do
Who is this?
are you a bot???
Wat kunt u?
bent u een robot
مين انتو؟
هل أنتَ روبوت؟
القائمة
`,
	WishWoman: `
I would like to speak to a woman
A woman, please
можна, щоб мені відповіла жінка?
Жінка, будь ласка
хочу поговорити з жінкою
женщину, пожалуйста
можно поговорить с женщиной волонтером
Kan ik met een vrouw praten?
liever een vrouw
بدي احكي مع امرأة
امرأة لو سمحتم
`,
	WishPerson: `
з людиною можна поговорити?
а можна мені з волонтером поспілкуватись
мені треба людина, а не бот
Добрий день, покличте будь ласка людину
можно с человеком пообщаться, пожалуйста
мне нужен реальный человек
есть кто живой?
i need a human not a bot pls
let me talk to somebody
is there anybody i can talk to
can a real person help me
mag ik met iemand praten
kan een mens mij helpen?
kunt u mij doorverbinden
ابي اكلم شخص
عايز اكلم حد
ممكن حدا يحكي معي
في حدا يرد علي؟
اريد شخص حقيقي مش روبوت
hochu z ludynoyu pohovoryty
mozhno s chelovekom pogovorit
bade e7ki ma3 7ada
/person
Людина
людину, будь ласка
Привіт, хочу поговорити з людиною
Можна поговорити з живою людиною???
Покличте людину будь ласка!!
Дайте живу людину
з’єднайте мене з оператором
хочу говорити не з ботом
Я не хочу говорити з роботом
оператор
мені потрібна людина
передзвоніть мені
ЧЕЛОВЕК
Хочу поговорить с живым человеком
позовите оператора пожалуйста
соедините меня с волонтёром
нужен человек
можно с кем-то поговорить?
Не хочу с ботом, позовите человека
I want to talk to a real person
Hello, can I speak to a person please
human
Human please!
connect me with a volunteer
I dont want to talk to a bot
Can someone call me?
Ik wil een medewerker spreken
kan ik met een mens praten?
Ik wil een echt mens spreken
vrijwilliger
kan iemand mij bellen
بدي احكي مع حدا
بدي أحكي مع شخص لو سمحتو
أُريدُ التحدّث مع شخص حقيقي
أريد أن أتكلم مع شخص
ممكن احكي مع موظف؟
متطوع
حولوني على موظف
مش مع بوت لو سمحت
zhyva lyudyna
hochu pogovorit s chelovekom
baddi ehki ma3 shakhs
chcę porozmawiać z człowiekiem
bir insanla konuşmak istiyorum
میخواهم با یک نفر صحبت کنم
je veux parler à une vraie personne
Weydii qof
ሰብ ሕተቱ
`,
	WishLang: `
перейдіть на російську
давайте по русски
can you speak arabic pls
kan het ook in het arabisch
احكو عربي لو سمحتو
/language
/lang
Мова
Іншу мову
можна іншою мовою?
Українською, будь ласка
Ви говорите українською?
по-українськи
Змінити мову
пишіть мені українською будь ласка
Язык
можно по-русски?
Вы говорите по-русски?
На другом языке
другой язык
Language
another language
English please
do you speak Arabic?
change language
Andere taal
Spreekt u Arabisch?
taal wijzigen
لغة أخرى
اللغة
بالعربي لو سمحت
بتحكي عربي؟
هل تتحدثون العربية؟
تغيير اللغة
ukrainskoyu bud laska
mozhno po russki
3arabi
bte7ki 3arabi?
ትግርኛ
فارسی
Türkçe
po polsku
soomaali
`,
	WishData: `
що у вас є про мене
какая у вас информация обо мне
what info u have about me
ايش تعرفون عني
/data
/mydata
Мої дані
що ви про мене знаєте?
А які дані ви маєте про мене?
Покажіть мої дані, будь ласка
мои данные
Что вы обо мне знаете
какие данные вы обо мне храните?
My data
What do you know about me?
which data do you keep
Mijn gegevens
Wat weet u over mij?
welke gegevens hebben jullie van mij
بياناتي
شو بتعرفوا عني؟
ماذا تعرفون عنّي
moyi dani
ma3lumati
`,
	WishDelete: `
удалите все пожалуйста
удалите всё, что я писала
pls delete everything i wrote here
verwijder alstublieft alles over mij
احذفو كل شي عني
Привіт, видаліть усе
/delete
Видалити
видаліть усе
Видаліть мої дані, будь ласка
хочу видалити свої дані
видаліть нашу переписку
Удалить все
Удалите мои данные
сотрите мои данные пожалуйста
удалите всё обо мне
Delete
DELETE EVERYTHING
please delete my data
delete this chat
Verwijder alles
verwijder mijn gegevens alstublieft
wis mijn gegevens
حذف
احذفوا بياناتي لو سمحتم
امسح كل شي
حذف كلّ شيء
udalit vse
vydalit vse
emsa7 kel shi
`,
	WishStop: `
/stop
STOP
Stop.
Стоп
не пишіть мені більше
Більше не пишіть
Больше не пишите мне!
отписаться
don't write to me
Stop messaging me
Afmelden
schrijf mij niet meer
توقف
لا تكتبوا لي
ما تبعتولي رسايل
bolshe ne pishite
`,
	WishPlace: `
/place
Яка я в черзі?
моє місце в черзі
Коли мені відповідять?
чому ніхто не відповідає???
Какой я в очереди
когда мне ответят?
Моя очередь
my place in line
When will someone answer me?
why is nobody answering
Hoe lang duurt het nog?
wanneer ben ik aan de beurt
وين صار دوري؟
ايمت بتردوا؟
ليش ما حدا بيرد
kogda mne otvetyat
emta btrdo?
`,
	WishLeave: `
Скасуйте, будь ласка
вже не треба, дякую
уже не нужно, спасибо
not needed anymore thanks
Laat maar
خلص ما بدي شكرا
vzhe ne treba
`,
	WishHours: `
Коли ви працюєте?
Добрий день, до котрої ви працюєте
вы сейчас работаете?
When are you open?
Wat zijn uw openingstijden?
ايمتى دوامكم
kogda vy rabotaete
`,
	Greeting: `
добрий день всім
مسا الخير
بدي اسألكم سؤال
Привіт
Доброго дня!
Доброго вечора, шановні волонтери
слава Україні
добрый день
Здравствуйте, подскажите пожалуйста
Привет, есть вопрос
Hello
Hi, how are you?
Good morning, I have a question
Can you help me?
Hallo, goedemiddag
ik heb een vraag
السلام عليكم ورحمة الله وبركاته
السَّلامُ عليكم
مرحبا كيفكم
عندي سؤال
يعطيكم العافية
pryvit
Dobryi den
Salam alaikum
mar7aba
ሰላም
Dzień dobry
Merhaba
سلام
Є хтось?
`,
	Thanks: `
дякую дуже
Дякую Вам за все!
спасибо за всё
شكراً على كل شي
Bedankt voor alles
щиро дякую Вам за допомогу
дякую, ви мені дуже допомогли
спасибо большое вам
thank u so much for the help
Hartelijk dank voor uw snelle antwoord
شكرا كتير على مساعدتكم
Дякую!
Щиро дякую ❤️
дуже дякую за допомогу, до побачення
добре, дякую
зрозуміло
Спасибо большое
понятно, спасибо
Хорошего дня
Thank you so much
ok thanks 👍
Hello, thank you
Dank u wel!
Oké, bedankt
شكرًا جزيلاً
يسلمو كتير
الله يعطيكم العافية
تمام شكرا
Jazakallah, shukran
dyakuyu
spasibo bolshoe
shukran ktir
የቐንየለይ
teşekkür ederim
mahadsanid
`,
	Plea: `
😭😭😭
Допоможіть!!!
Доброго дня, допоможіть будь ласка
мені потрібна допомога
Що мені робити?
рятуйте
Помогите пожалуйста
нужна помощь
Здравствуйте! Помогите мне
не знаю, что делать
Help
HELP ME PLEASE
I need help
sos
what should I do?
Ik heb hulp nodig
help mij alstublieft
ساعدوني
السلام عليكم ساعدوني ارجوكم
بدي مساعدة
شو أعمل؟
أحتاج إلى مساعدة
dopomozhit bud laska
pomogite!
sa3duni
yardım edin
کمک
ሓግዙኒ
`,
	Emoji: `
👍
❤️❤️
🙏🏻
`,
}
