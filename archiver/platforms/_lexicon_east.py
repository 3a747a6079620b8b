# ruff: noqa: E501 - a table of phrases is read by the line
"""How sites of eastern Europe say that there is nothing at an address."""

from __future__ import annotations

from archiver.platforms._lexicon import Lexicon, parts

LEXICONS: dict[str, Lexicon] = {
    "pl": parts(
        "strona|strony|stronę|adres|url|link|plik|dokument",
        "artykuł|treść|treści|produkt|ogłoszeni|oferta|oferty|film|wpis|materiał|wydarzeni",
        "nie znaleziono|nie została znaleziona|nie została odnaleziona|nie odnaleziono"
        "|nie można znaleźć|nie możemy znaleźć|nie mogliśmy znaleźć|nie została znalezion"
        "|nie istnieje|już nie istnieje|nie jest już dostępn|została usunięta|został usunięty"
        "|zostało usunięte|usunięto|brak strony|nie udało się znaleźć|nie ma takiej strony"
        "|nie ma tej strony|zniknęła|nie znaleźliśmy|nic tu nie ma|nie udało się odnaleźć"
        "|nie ma tu",
        "niedostępn|jest niedostępna|została przeniesiona|przeniesion|wygasł|zakończon"
        "|zmieniła|zmienił|nieaktualn|nie jest dostępn|błędny|nieprawidłowy",
        "której szukasz|szukasz|szukana|żądana|żądanej|szukanej|której szukałeś|wywołana|podan"
        "|wybran|poszukiwan",
        "strona główna|stronę główną|strony głównej|sprawdź|wróć|powrót|wyszukiwark|mapa strony",
    ),
    "cs": parts(
        "stránka|stránku|stránky|adresa|adrese|url|odkaz|soubor|dokument",
        "článek|objekt|obsah|produkt|inzerát|nabídka|video|příspěvek|zboží|událost",
        "nenalezen|nepodařilo se nám najít|nemohli najít|nemohli jsme najít|nenajdeme|nebyla nalezena|nebyl nalezen|nebylo nalezeno|nelze najít|nelze nalézt"
        "|nepodařilo se najít|nepodařilo najít|neexistuje|již neexistuje|byla odstraněna"
        "|byl odstraněn|byla smazána|byl smazán|zde není|už není|nenašli|nemůžeme najít"
        "|již není k dispozici|nic tu není|zmizela|není zde",
        "není k dispozici|nedostupn|byla přesunuta|přesunut|vypršel|ukončen|přejmenován|změnil"
        "|chybn|není dostupn",
        "kterou hledáte|jste hledal|hledáte|požadovan|hledan|kterou jste|zadan",
        "úvodní stránk|hlavní stránk|domovsk|zkontrolujte|zpět|vyhledáv|mapa stránek|zkuste",
    ),
    "sk": parts(
        "stránka|stránku|stránky|adresa|odkaz|súbor|dokument",
        "článok|obsah|produkt|inzerát|ponuka|video|príspevok",
        "nenájden|nebola nájdená|nebol nájdený|nebolo nájdené|sa nenašla|sa nenašiel|nenašla sa"
        "|nenašli|neexistuje|už neexistuje|bola odstránená|bol odstránený|bola vymazaná"
        "|bol vymazaný|nepodarilo sa nájsť|nemožno nájsť|už nie je|nie je možné nájsť",
        "nie je dostupn|nedostupn|bola presunutá|presunut|vypršal|ukončen|zmenil",
        "ktorú hľadáte|hľadáte|požadovan|hľadan|ktorú ste|zadan",
        "úvodn|hlavnú stránk|domovsk|skontrolujte|späť|vyhľadáv|mapa strán",
    ),
    "hu": parts(
        "oldal|lap|cím|url|link|hivatkozás|fájl|dokumentum",
        "cikk|tartalom|termék|hirdetés|ajánlat|videó|bejegyzés|esemény",
        "nem található|nem találjuk|nem találtuk|nem létezik|már nem létezik|nem elérhető többé"
        "|már nem elérhető|törölték|törölve|eltávolítottuk|eltávolították|megszűnt|nincs ilyen"
        "|nem sikerült megtalálni|nincs meg|eltűnt|nem találtunk",
        "nem elérhető|áthelyez|elköltözött|lejárt|átnevez|megváltozott|hibás|nem érhető el",
        "keresett|kért|amit keres|amelyet keres|keresel|megadott",
        "főoldal|kezdőlap|ellenőriz|vissza|kereső|keresés|oldaltérkép",
    ),
    "ro": parts(
        "pagin|obiect|adresa|url|link|fișier|fişier|document",
        "articol|obiect|conținut|conţinut|produs|anunț|anunţ|ofert|video|știre|postare",
        "nu a fost găsit|nu a fost gasit|nu a putut fi găsit|nu poate fi găsit|nu am găsit|nu am putut găsi"
        "|negăsit|nu există|nu mai există|nu mai este disponibil|a fost ștears|a fost șters"
        "|a fost eliminat|a fost stears|inexistent|nu s-a găsit|nu găsim|a dispărut|nu putem găsi",
        "nu este disponibil|indisponibil|a fost mutat|expirat|s-a încheiat|redenumit|greșit"
        "|mutată",
        "căutat|cerut|cautat|pe care o cauți|pe care o căutați|căutați|solicitat|pe care încercați|cauți",
        "prima pagină|pagina principală|verific|înapoi|inapoi|acasă|căut|harta site",
    ),
    "ru": parts(
        "страниц|адрес|url|ссылк|файл|документ|ресурс",
        "стать|материал|контент|товар|объявлени|видео|новост|публикаци|запись|вакансия|содержимое"
        "|тема|профиль|событие",
        "не найден|не смогли найти|не смог найти|не удаётся найти|не удается найти|не найдено|не существует|не нашли|найти не удалось|не удалось найти|не можем найти"
        "|невозможно найти|больше не существует|больше нет|больше не доступн|больше недоступн"
        "|была удалена|был удалён|был удален|было удалено|удалена|удалён|удалены|нет такой страницы"
        "|такой страницы нет|страницы нет|отсутствует|не обнаружен|ничего не найдено|здесь ничего нет"
        "|нет на сайте|исчезла|уже нет|потерялась|снят с публикации|не нашлась|не нашлось|несуществу",
        "недоступн|не доступн|перемещен|перенесен|перемещён|перенесён|переехала|переименован|истек"
        "|завершен|устарела|неправильн|неверн|изменил",
        "запрашива|запрошенн|которую вы ищете|вы искали|вы ищете|вы запросили|искомая|искомую"
        "|указанн|которую вы|по вашему запросу|к которой вы|введенн",
        "главную|главная|главной|проверьте|вернуться|вернитесь|назад|поиск|карт|воспользуйтесь",
    ),
    "uk": parts(
        "сторінк|адрес|url|посилан|файл|документ",
        "статт|матеріал|контент|товар|оголошення|відео|новин|публікаці|запис|вміст",
        "не знайден|не змогли знайти|не вдається знайти|не існує|не знайшли|не вдалося знайти|не можемо знайти|неможливо знайти"
        "|більше не існує|більше немає|більше недоступн|було видалено|видалена|видалено|видалений"
        "|відсутн|нічого не знайдено|такої сторінки немає|сторінки немає|зникла|вже немає",
        "недоступн|переміщен|перенесен|перейменован|застаріл|завершен|неправильн|змінен",
        "яку ви шукаєте|запитували|ви шукали|ви шукаєте|запитан|яку ви|потрібн|шукан|вказан|запитуван",
        "головну|головна|головної|перевірте|повернутися|поверніться|назад|пошук|карт|скористайтеся",
    ),
    "bg": parts(
        "страница|адрес|линк|файл|документ|връзка",
        "статия|съдържание|продукт|обява|видео|публикация|новина",
        "не е намерен|не беше намерен|не може да бъде намерен|не съществува|вече не съществува"
        "|е изтрит|е премахнат|беше изтрит|липсва|не намерихме|не бе намерен|не успяхме да намерим"
        "|не е открит|няма такава|несъществуващ|не можем да намерим|ненамерен",
        "не е достъпн|не е налич|преместен|недостъпн|изтекъл|променен",
        "която търсите|търсената|търсите|поискан|заявен|която искате|търсения",
        "начална|проверете|върнете|назад|търс",
    ),
    "el": parts(
        "σελίδα|διεύθυνση|url|σύνδεσμος|αρχείο|έγγραφο",
        "άρθρο|περιεχόμενο|προϊόν|αγγελία|βίντεο|δημοσίευση|είδηση",
        "δεν βρέθηκε|δε βρέθηκε|δεν υπάρχει|δεν υπάρχει πλέον|δεν είναι πλέον διαθέσιμ|έχει διαγραφεί"
        "|διαγράφηκε|έχει αφαιρεθεί|αφαιρέθηκε|δεν μπορεί να βρεθεί|δεν μπορούμε να βρούμε"
        "|δεν ήταν δυνατή η εύρεση|δεν εντοπίστηκε|δεν μπορέσαμε να βρούμε|δεν ήταν δυνατό να βρεθεί"
        "|δεν βρήκαμε|δεν μπόρεσε να βρεθεί|δεν υφίσταται|χάθηκε",
        "δεν είναι διαθέσιμ|μη διαθέσιμ|έχει μετακινηθεί|μεταφερθεί|έληξε|έχει λήξει|έχει αλλάξει"
        "|μετακινήθηκε",
        "που ψάχνετε|που αναζητάτε|που ζητήσατε|ζητούμενη|αναζητείτε|που ζητάτε|ψάχνεις|που θέλετε",
        "αρχική|ελέγξτε|επιστροφή|επιστρέψτε|αναζήτηση|χάρτη",
    ),
    "tr": parts(
        "sayfa|adres|url|bağlantı|dosya|belge",
        "makale|içerik|ürün|ilan|haber|video|yazı|gönderi|etkinlik",
        "bulunamadı|bulunamıyor|bulunmuyor|bulunmamaktadır|bulamadık|bulamıyoruz|mevcut değil"
        "|mevcut değildir|artık mevcut|artık yok|kaldırıldı|kaldırılmış|silindi|silinmiş"
        "|yayından kaldırıl|yok olmuş|böyle bir sayfa|yer almıyor|bulunamamıştır|sayfa yok|kayboldu"
        "|yer almamaktadır|artık yayında değil",
        "kullanılamıyor|ulaşılamıyor|erişilemiyor|taşındı|taşınmış|süresi doldu|süresi dolmuş"
        "|değiştirilmiş|sona erdi|yanlış|hatalı",
        "aradığınız|istediğiniz|istenen|ulaşmaya çalıştığınız|aramış olduğunuz|talep et"
        "|görüntülemek|girdiğiniz|aradığın",
        "ana sayfa|anasayfa|kontrol edin|geri dön|arama|site haritası|deneyin",
    ),
    "hr": parts(
        "stranic|adres|url|link|poveznic|datotek|dokument|veza",
        "članak|članka|sadržaj|proizvod|oglas|video|objava|vijest|vest",
        "nije pronađen|nije nađen|ne postoji|više ne postoji|ne može se pronaći|nismo pronašli"
        "|ne možemo pronaći|je uklonjen|je izbrisan|je obrisan|nije moguće pronaći|nema stranice"
        "|nismo mogli pronaći|nije pronadjen|не постоји|није пронађен|više nije dostup|ne možemo naći",
        "nije dostup|nedostup|je premješten|je premeštena|istekao|preimenovan|promijenjen|završen",
        "koju tražite|tražite|tražen|zatražen|koju ste|pokušavate|traženu",
        "početn|naslovn|provjerite|proverite|natrag|povratak|nazad|pretra",
    ),
    "sl": parts(
        "stran|naslov|url|povezav|datotek|dokument",
        "članek|vsebin|izdelek|oglas|video|objava|novica",
        "ni najden|ni bilo možno najti|ne najdem|ni bilo mogoče najti|ne obstaja|ne obstaja več|ni mogoče najti|je bila odstranjena"
        "|je odstranjen|je izbrisan|nismo našli|ni bila najdena|ne najdemo|ni več na voljo",
        "ni na voljo|nedosegljiv|premaknjen|potekel|spremenjen|preimenovan",
        "ki jo iščete|iščete|zahtevan|iskan|ki ste jo",
        "domač|vstopn|preverite|nazaj|iskanje|iskalnik",
    ),
    "lt": parts(
        "puslap|adres|url|nuorod|fail|dokument",
        "straipsn|turin|prek|skelbim|vaizdo|įraš|naujien",
        "nerasta|nerastas|neegzistuoja|nebeegzistuoja|nepavyko rasti|nėra|pašalint|ištrint|neradome"
        "|negalime rasti|nebėra",
        "nepasiekiam|perkelt|pasikeit|baigėsi|neprieinam|nepasiekiama",
        "ieškote|ieškomas|ieškot|prašom|kurio ieš|nurodyt",
        "pradin|pagrindin|patikrin|grįž|paiešk|titulin",
    ),
    "lv": parts(
        "lap|adres|url|sait|fail|dokument",
        "rakst|satur|prec|sludināj|video|ierakst|ziņ",
        "nav atrasta|nav atrod|nav atrasts|neeksistē|vairs neeksistē|netika atrast|nevarēja atrast|dzēst"
        "|noņemt|neatradām|nevar atrast|vairs nav|nepastāv",
        "nav pieejam|pārvietot|mainījusies|beidzies|nepareiz",
        "meklējat|meklēt|pieprasīt|ko meklē|norādīt",
        "sākumlap|pārbaud|atgriez|meklēšan|galven",
    ),
    "et": parts(
        "leht|lehte|lehekülg|lehekülge|aadress|url|link|fail|dokument",
        "artikl|sisu|too|kuulutus|video|postitus|uudis",
        "ei leitud|ei leidnud|ei eksisteeri|ei ole olemas|pole olemas|on eemaldatud|on kustutatud"
        "|ei leia|enam ei ole|enam pole|kadunud|puudub",
        "pole saadaval|ei ole saadaval|teisaldatud|aegunud|muutunud|ümber nimetatud",
        "otsite|otsisite|otsitud|soovitud|küsitud|otsid|otsitavat|soovisite|otsitav",
        "avaleh|esileh|kontrolli|tagasi|otsing",
    ),
    "is": parts(
        "síða|síðan|síðu|slóð|hlekk|skrá|skjal",
        "grein|efni|vara|auglýsing|myndband|færsla|frétt",
        "fannst ekki|fannst því miður ekki|er ekki til|ekki til|finnst ekki|verið eytt"
        "|verið fjarlægð|fundum ekki|ekki lengur",
        "ekki tiltæk|verið færð|útrunn|breyst|ekki aðgengileg",
        "þú leitar|leitað|umbeðin|sem þú|beðið",
        "forsíð|upphafssíð|athug|til baka|leit",
    ),
    "sr": parts(
        "страниц|адрес|линк|веза", "чланак|садржај|производ|оглас|резултат",
        "није пронађен|не постоји|није нађен|не може се пронаћи|је уклоњен|је обрисан|нисмо пронашли",
        "није доступ|премештен", "тражите|тражен|захтеван", "почетн|проверите|назад|претраг",
    ),
    "mk": parts(
        "страница|адреса|линк|врска", "статија|содржина|производ|оглас",
        "не е пронајден|не е најден|не постои|не беше пронајден|е избришан|е отстранет|не може да се најде",
        "не е достапн|преместен", "барате|барана|бараната", "почетна|проверете|назад|пребар",
    ),
    "be": parts(
        "старонк|бачын|адрас|спасылк", "артыкул|матэрыял|змест",
        "не знойдзен|немагчыма знай|не існуе|не знайшлі|выдалена|не атрымалася знайсці|адсутнічае",
        "недаступн|перамешчан", "вы шукаеце|запытан", "галоўн|праверце|вярнуцца|пошук",
    ),
    "sq": parts(
        "faqja|faqe|adresa|lidhja|url", "artikulli|përmbajtja|produkti",
        "nuk u gjet|nuk ekziston|nuk gjendet|nuk mund të gjendet|është fshirë|është hequr|s'u gjet",
        "nuk është e disponueshme|është zhvendosur", "që kërkoni|e kërkuar|po kërkoni",
        "kreu|kontrolloni|kthehu|kërko",
    ),
    "ka": parts(
        "გვერდი|მისამართი|ბმული", "სტატია|მასალა|პროდუქტი",
        "ვერ მოიძებნა|არ მოიძებნა|არ არსებობს|წაშლილია|არ იძებნება|ვერ ვიპოვეთ",
        "მიუწვდომელია|გადატანილია", "რომელსაც ეძებთ|მოთხოვნილი", "მთავარ|შეამოწმეთ|ძებნა",
    ),
    "hy": parts(
        "էջ|հասցե|հղում", "հոդված|նյութ|ապրանք",
        "չի գտնվել|գտնված չէ|չգտնվեց|գոյություն չունի|ջնջվել է|չհաջողվեց գտնել|հեռացվել է",
        "հասանելի չէ|տեղափոխվել", "որը փնտրում եք|հարցված|պահանջվող", "գլխավոր|ստուգեք|որոն",
    ),
}  # fmt: skip
