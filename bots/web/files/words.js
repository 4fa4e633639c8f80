const WORDS = {
  "uk": {
    "name": "Українська", "title": "Допомога новоприбулим", "hello": "Напишіть своє запитання своїми словами. Відповідь з’явиться тут.",
    "placeholder": "Ваше запитання", "send": "Надіслати", "you": "Ви", "bot": "Помічник", "volunteer": "Волонтер", "log": "Розмова",
    "loading": "Завантаження…", "sending": "надсилається", "waiting": "надішлемо, коли буде зв’язок", "failed": "не надіслано",
    "offline": "Немає зв’язку. Можна писати: надішлемо, щойно зв’язок з’явиться.", "typing": "пише", "language": "Мова",
    "leave": "Швидко вийти", "privacy": "Ваші дані", "danger": "Небезпека? Телефонуйте 112",
    "photo": "Фото", "attach": "Надіслати фото",
    "noscript": "Для цього чату потрібен JavaScript.", "lost": "Такої сторінки немає", "open": "Відкрити чат"
  },
  "ar": {
    "name": "العربية", "title": "مساعدة القادمين الجدد", "hello": "اكتبوا سؤالكم بكلماتكم. سيظهر الجواب هنا.",
    "placeholder": "سؤالكم", "send": "إرسال", "you": "أنتم", "bot": "المساعد", "volunteer": "متطوع", "log": "المحادثة",
    "loading": "جارٍ التحميل…", "sending": "جارٍ الإرسال", "waiting": "سيُرسل عند عودة الاتصال", "failed": "لم يُرسل",
    "offline": "لا يوجد اتصال. يمكنكم الكتابة، وسنرسل الرسالة عند عودة الاتصال.", "typing": "يكتب", "language": "اللغة",
    "leave": "خروج سريع", "privacy": "بياناتكم", "danger": "في خطر؟ اتصلوا بالرقم 112",
    "photo": "صورة", "attach": "إرسال صورة",
    "noscript": "تحتاج هذه المحادثة إلى JavaScript.", "lost": "هذه الصفحة غير موجودة", "open": "فتح المحادثة"
  },
  "en": {
    "name": "English", "title": "Help for newcomers", "hello": "Write your question in your own words. The answer will appear here.",
    "placeholder": "Your question", "send": "Send", "you": "You", "bot": "Helpdesk", "volunteer": "Volunteer", "log": "Conversation",
    "loading": "Loading…", "sending": "sending", "waiting": "will be sent when there is a connection", "failed": "not sent",
    "offline": "No connection. You can write: we send it as soon as there is one.", "typing": "typing", "language": "Language",
    "leave": "Leave quickly", "privacy": "Your data", "danger": "In danger? Call 112",
    "photo": "Photo", "attach": "Send a photo",
    "noscript": "This chat needs JavaScript.", "lost": "There is no such page", "open": "Open the chat"
  },
  "nl": {
    "name": "Nederlands", "title": "Hulp voor nieuwkomers", "hello": "Schrijf uw vraag in uw eigen woorden. Het antwoord komt hier te staan.",
    "placeholder": "Uw vraag", "send": "Versturen", "you": "U", "bot": "Helpdesk", "volunteer": "Vrijwilliger", "log": "Gesprek",
    "loading": "Laden…", "sending": "wordt verstuurd", "waiting": "wordt verstuurd zodra er verbinding is", "failed": "niet verstuurd",
    "offline": "Geen verbinding. U kunt schrijven: we versturen het zodra er verbinding is.", "typing": "schrijft", "language": "Taal",
    "leave": "Snel weg", "privacy": "Uw gegevens", "danger": "In gevaar? Bel 112",
    "photo": "Foto", "attach": "Een foto sturen",
    "noscript": "Deze chat heeft JavaScript nodig.", "lost": "Deze pagina bestaat niet", "open": "Naar de chat"
  },
  "ru": {
    "name": "Русский", "title": "Помощь приезжим", "hello": "Напишите свой вопрос своими словами. Ответ появится здесь.",
    "placeholder": "Ваш вопрос", "send": "Отправить", "you": "Вы", "bot": "Помощник", "volunteer": "Волонтёр", "log": "Разговор",
    "loading": "Загрузка…", "sending": "отправляется", "waiting": "отправим, когда будет связь", "failed": "не отправлено",
    "offline": "Нет связи. Можно писать: отправим, как только связь появится.", "typing": "пишет", "language": "Язык",
    "leave": "Быстро выйти", "privacy": "Ваши данные", "danger": "Опасность? Звоните 112",
    "photo": "Фото", "attach": "Отправить фото",
    "noscript": "Для этого чата нужен JavaScript.", "lost": "Такой страницы нет", "open": "Открыть чат"
  },
  "fa": {
    "name": "فارسی", "title": "کمک به تازه‌واردان", "hello": "سؤال خود را با کلمات خودتان بنویسید. جواب همین‌جا می‌آید.",
    "placeholder": "سؤال شما", "send": "ارسال", "you": "شما", "bot": "دستیار", "volunteer": "داوطلب", "log": "گفتگو",
    "loading": "در حال بارگذاری…", "sending": "در حال ارسال", "waiting": "وقتی اتصال برقرار شود ارسال می‌شود", "failed": "ارسال نشد",
    "offline": "اتصال نیست. می‌توانید بنویسید؛ وقتی اتصال برقرار شود می‌فرستیم.", "typing": "در حال نوشتن", "language": "زبان",
    "leave": "خروج سریع", "privacy": "اطلاعات شما", "danger": "در خطر هستید؟ با 112 تماس بگیرید",
    "photo": "عکس", "attach": "ارسال عکس",
    "noscript": "این گفتگو به JavaScript نیاز دارد.", "lost": "این صفحه وجود ندارد", "open": "باز کردن گفتگو"
  },
  "ti": {
    "name": "ትግርኛ", "hello": "ሕቶኹም ብቃላትኩም ጽሓፉ። ሰብ ኣብዚ ክምልሰልኩም እዩ።", "placeholder": "ሕቶኹም",
    "language": "ቋንቋ", "danger": "ኣብ ሓደጋ እንተሃሊኹም፡ ናብ 112 ደውሉ"
  },
  "so": {
    "name": "Soomaali", "hello": "Su’aashaada ku qor erayadaada. Jawaabtu halkan ayay ka soo muuqan doontaa.",
    "placeholder": "Su’aashaada", "send": "Dir", "you": "Adiga", "volunteer": "Mutadawac",
    "language": "Luqad", "danger": "Khatar ma ku jirtaa? Wac 112"
  },
  "tr": {
    "name": "Türkçe", "title": "Yeni gelenlere yardım", "hello": "Sorunuzu kendi sözlerinizle yazın. Cevap burada görünecek.",
    "placeholder": "Sorunuz", "send": "Gönder", "you": "Siz", "bot": "Yardım masası", "volunteer": "Gönüllü", "log": "Konuşma",
    "loading": "Yükleniyor…", "sending": "gönderiliyor", "waiting": "bağlantı gelince gönderilecek", "failed": "gönderilmedi",
    "offline": "Bağlantı yok. Yazabilirsiniz: bağlantı gelince göndeririz.", "typing": "yazıyor", "language": "Dil",
    "leave": "Hızlı çıkış", "privacy": "Verileriniz", "danger": "Tehlikede misiniz? 112’yi arayın",
    "photo": "Fotoğraf", "attach": "Fotoğraf gönder",
    "noscript": "Bu sohbet için JavaScript gerekir.", "lost": "Böyle bir sayfa yok", "open": "Sohbeti aç"
  },
  "pl": {
    "name": "Polski", "title": "Pomoc dla przybyłych", "hello": "Proszę napisać pytanie własnymi słowami. Odpowiedź pojawi się tutaj.",
    "placeholder": "Pytanie", "send": "Wyślij", "you": "Ty", "bot": "Pomoc", "volunteer": "Wolontariat", "log": "Rozmowa",
    "loading": "Wczytywanie…", "sending": "wysyłanie", "waiting": "wyślemy, gdy będzie połączenie", "failed": "nie wysłano",
    "offline": "Brak połączenia. Można pisać: wyślemy, gdy tylko wróci.", "typing": "pisze", "language": "Język",
    "leave": "Szybkie wyjście", "privacy": "Dane osobowe", "danger": "Niebezpieczeństwo? Dzwoń 112",
    "photo": "Zdjęcie", "attach": "Wyślij zdjęcie",
    "noscript": "Ten czat wymaga JavaScriptu.", "lost": "Nie ma takiej strony", "open": "Otwórz czat"
  },
  "fr": {
    "name": "Français", "title": "Aide aux nouveaux arrivants", "hello": "Écrivez votre question avec vos mots. La réponse apparaîtra ici.",
    "placeholder": "Votre question", "send": "Envoyer", "you": "Vous", "bot": "Aide", "volunteer": "Bénévole", "log": "Conversation",
    "loading": "Chargement…", "sending": "envoi en cours", "waiting": "sera envoyé dès le retour de la connexion", "failed": "non envoyé",
    "offline": "Pas de connexion. Vous pouvez écrire : nous enverrons dès son retour.", "typing": "écrit", "language": "Langue",
    "leave": "Sortie rapide", "privacy": "Vos données", "danger": "En danger ? Appelez le 112",
    "photo": "Photo", "attach": "Envoyer une photo",
    "noscript": "Ce chat a besoin de JavaScript.", "lost": "Cette page n’existe pas", "open": "Ouvrir le chat"
  }
};
