"""Words by which a sentence says something else: negations, modals, figures, voices of speech.

Lists of each language in one set: which language a text is in is seldom told. Words that mean
something else in another language, and are frequent there ("en", "et", "ni", "no." …), are left
out or bound to signs of their language.
"""

# ruff: noqa: E501 - lists of words read best one meaning a line

from __future__ import annotations

import re


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


NEGATIONS = _words("""
    not no never none nobody nothing neither nor nowhere cannot without hardly barely
    nicht kein keine keinen keinem keiner keines nie niemals niemand nichts ohne weder
    pas ne n jamais aucun aucune rien sans non
    nunca jamás nadie nada ningún ninguna ninguno sin tampoco
    não nenhum nenhuma ninguém sem
    nessun nessuna nessuno niente nulla senza
    niet geen nooit niemand niets zonder
    inte ej ingen inget inga aldrig utan ikke ingenting aldri uten uden intet
    ei eivät emme ettei ilman koskaan
    nie nigdy nikt nic żaden żadna bez brak není nejsou nebyl nebyla nikdy nikdo žádný žádná
    nem nincs nincsenek soha senki semmi nélkül
    nu nici niciodată fără nimeni nimic
    değil yok hiç hiçbir asla olmadan
    не нет без ни никогда никто ничего нельзя нету ані немає ніколи ніхто нічого
    δεν μην όχι χωρίς ποτέ κανείς κανένας τίποτα
    لا لم لن ليس ليست ليسوا غير بدون دون أبدا
    לא אין בלי אינו אינה מעולם אף
    نه نیست نیستند نبود بدون هرگز هیچ
    नहीं न मत बिना कभी
    không chưa chẳng tidak bukan tanpa belum jangan
    안 못 없다 없는 없이 아니다 아닌 않다 않는 않았다 않은
""")
NEGATION_SIGNS = ("不", "没", "沒", "未", "无", "無", "非", "ない", "なかった", "ません", "ませ", "ず",
    "ไม่", "มิได้", "ไร้", "않", "없", "아니")  # fmt: skip

MODALS = _words("""
    may might could should would must will shall can ought
    alleged allegedly reportedly apparently possibly possible perhaps maybe likely unlikely
    probably suspected supposedly supposed purported purportedly potentially seemingly
    kann können könnte könnten konnte dürfte dürften soll sollen sollte sollten muss müssen müsste
    wird werden würde würden mutmaßlich mutmaßliche mutmaßlichen mutmaßlicher angeblich angebliche
    vermutlich offenbar wahrscheinlich möglicherweise vielleicht womöglich
    peut peuvent pourrait pourraient doit doivent devrait devraient présumé présumée prétendu
    prétendument apparemment probablement aurait auraient serait seraient éventuellement
    puede pueden podría podrían debe deben debería deberían presunto presunta presuntamente
    supuesto supuesta supuestamente quizá quizás probablemente habría sería
    pode podem poderia poderiam deve devem deveria suposto suposta supostamente alegado
    alegadamente talvez provavelmente teria seria
    può possono potrebbe potrebbero deve devono dovrebbe dovrebbero presunto presunta forse
    presumibilmente probabilmente sarebbe avrebbe
    kunnen zou zouden moet moeten mag zal zullen vermeend vermeende vermoedelijk mogelijk
    waarschijnlijk wellicht misschien
    kan kunde ska skal skulle måste må bör bør vil påstådd påstått påstått angivelig misstänkt
    troligen sannolikt kanske kanskje måske
    voisi pitäisi täytyy ehkä väitetty todennäköisesti
    może mogą mógł mogła mogłoby powinien powinna musi rzekomo rzekomy rzekoma podobno
    prawdopodobnie domniemany chyba může mohl mohla měl musí údajně údajný pravděpodobně možná
    lehet kell talán állítólag valószínűleg
    poate ar trebui presupus presupusă probabil
    muhtemelen belki olabilir sözde iddiaya gerek
    может могут мог могла могли должен должна должны возможно вероятно якобы предположительно
    наверное видимо може можуть повинен можливо нібито ймовірно
    μπορεί θα πρέπει ίσως φερόμενος πιθανώς
    قد ربما يمكن يجب سوف المزعوم يزعم محتمل ينبغي
    עשוי עלול צריך אולי כנראה לכאורה חייב
    شاید باید ممکن احتمالا ظاهرا
    शायद कथित सकता सकती सकते चाहिए संभवतः
    phải sẽ nên mungkin harus akan diduga dapat bisa
""")
MODAL_SIGNS = ("可能", "或许", "或許", "也许", "也許", "据称", "據稱", "涉嫌", "应该", "應該", "必须", "必須",
    "かもしれ", "可能性", "だろう", "とみられ", "べき", "らしい", "疑い", "อาจ", "ควร", "ต้อง", "คาดว่า",
    "수 있", "아마", "추정", "혐의", "의혹", "것으로 보")  # fmt: skip

SPELLED = {
    word: value
    for value, listed in (
        ("0", "zero null zéro cero nul noll ноль нуль sıfır صفر אפס शून्य"),
        ("1", "one eins jeden один jedna ένα واحد אחד एक"),
        ("2", "two zwei deux dos dois duas due twee två dwa dva két kettő doi iki два две дві δύο اثنان اثنين שניים שתי दो kaksi dua"),
        ("3", "three drei trois tres três tre drie trzy tři három trei üç три τρεις τρία ثلاثة ثلاث שלושה שלוש तीन kolme tiga"),
        ("4", "four vier quatre cuatro quatro quattro fyra fire cztery čtyři négy patru dört четыре чотири τέσσερις τέσσερα أربعة أربع ארבעה ארבע चार neljä empat"),
        ("5", "five fünf cinq cinco cinque vijf fem pięć pět öt cinci beş пять п'ять πέντε خمسة خمس חמישה חמש पांच viisi lima"),
        ("6", "six sechs seis zes sex seks sześć šest hat șase altı шесть шість έξι ستة ست שישה שש छह kuusi enam"),
        ("7", "seven sieben sept siete sete sette zeven sju syv siedem sedm hét șapte yedi семь сім επτά εφτά سبعة سبع שבעה שבע सात seitsemän tujuh"),
        ("8", "eight acht huit ocho oito otto åtta åtte otte osiem osm nyolc opt sekiz восемь вісім οκτώ οχτώ ثمانية ثمان שמונה आठ kahdeksan delapan"),
        ("9", "nine neun neuf nueve nove negen nio ni dziewięć devět kilenc nouă dokuz девять дев'ять εννέα εννιά تسعة تسع תשעה תשע नौ yhdeksän sembilan"),
        ("10", "ten zehn dix diez dez dieci tien tio ti dziesięć deset tíz zece десять δέκα عشرة عشر עשרה עשר दस kymmenen sepuluh"),
        ("11", "eleven elf onze undici elva elleve jedenaście одиннадцать одинадцять έντεκα ग्यारह"),
        ("12", "twelve zwölf douze doce doze dodici twaalf tolv dwanaście двенадцать дванадцять δώδεκα बारह"),
        ("13", "thirteen dreizehn treize trece treze tredici dertien tretton tretten trzynaście тринадцать तेरह"),
        ("14", "fourteen vierzehn quatorze catorce catorze quattordici veertien fjorton fjorten czternaście четырнадцать"),
        ("15", "fifteen fünfzehn quinze quince quindici vijftien femton femten piętnaście пятнадцать पंद्रह"),
        ("16", "sixteen sechzehn dieciséis dezesseis sedici zestien sexton seksten szesnaście шестнадцать"),
        ("17", "seventeen siebzehn diecisiete dezessete diciassette zeventien sjutton siedemnaście семнадцать"),
        ("18", "eighteen achtzehn dieciocho dezoito diciotto achttien arton osiemnaście восемнадцать"),
        ("19", "nineteen neunzehn diecinueve dezenove diciannove negentien nitton dziewiętnaście девятнадцать"),
        ("20", "twenty zwanzig vingt veinte vinte venti twintig tjugo tjue tyve dwadzieścia dvacet húsz douăzeci yirmi двадцать двадцять είκοσι عشرون عشرين עשרים बीस"),
        ("30", "thirty dreißig trente treinta trinta trenta dertig trettio tretti trzydzieści třicet harminc treizeci otuz тридцать τριάντα ثلاثون ثلاثين שלושים तीस"),
        ("40", "forty vierzig quarante cuarenta quarenta quaranta veertig fyrtio førti czterdzieści čtyřicet negyven patruzeci kırk сорок σαράντα أربعون أربعين ארבעים चालीस"),
        ("50", "fifty fünfzig cinquante cincuenta cinquenta cinquanta vijftig femtio femti pięćdziesiąt padesát ötven cincizeci elli пятьдесят πενήντα خمسون خمسين חמישים पचास"),
        ("60", "sixty sechzig soixante sesenta sessenta sessanta zestig sextio seksti sześćdziesiąt šedesát hatvan altmış шестьдесят εξήντα ستون ستين שישים साठ"),
        ("70", "seventy siebzig setenta settanta zeventig sjuttio sytti siedemdziesiąt семьдесят εβδομήντα سبعون سبعين"),
        ("80", "eighty achtzig ochenta oitenta ottanta tachtig åttio åtti osiemdziesiąt восемьдесят ογδόντα ثمانون ثمانين"),
        ("90", "ninety neunzig noventa novanta negentig nittio nitti dziewięćdziesiąt девяносто ενενήντα تسعون تسعين"),
        ("100", "hundred hundreds hundert cent cien ciento cem cento honderd hundra hundre hundrede sto száz sută yüz сто сотни εκατό مئة مائة מאה सौ sata seratus ratus"),
        ("1000", "thousand thousands tausend mille mil mila duizend tusen tusind tysiąc tysiące tysięcy tisíc ezer mie mii тысяча тысячи тысяч тыс тисяч χίλια χιλιάδες ألف آلاف אלף אלפים हजार tuhat ribu"),
        ("1000000", "million millions million millionen millón millones milhão milhões milione milioni miljoen miljon miljoner millioner milion miliony milionów milionů millió milioane milyon миллион миллиона миллионов млн мільйон мільйонів εκατομμύριο εκατομμύρια مليون ملايين מיליון मिलियन miljoona juta mln mio"),
        ("1000000000", "billion billions milliarde milliarden milliard milliards bilhão bilhões miliardo miliardi miljard miljarder milliarder miliard miliardy miliardów миллиард миллиарда миллиардов млрд мільярд δισεκατομμύριο δισεκατομμύρια مليار مليارات מיליארד अरब miliar mrd bn"),
        ("100000", "lakh lakhs लाख"), ("10000000", "crore crores करोड़"),
        ("1/2", "half halved halb hälfte moitié demi mitad metade metà helft hälften halvparten половина половину половины połowa nusu नصف نصف חצי आधा"),
        ("2x", "double doubled twice doppelt verdoppelt doble duplo doppio dubbel вдвое dwukrotnie ضعف"),
        ("3x", "triple tripled thrice dreifach triplo"),
        ("dozen", "dozen dozens dutzend douzaine docena dúzia dozzina десятки дюжина"),
        ("$", "dollar dollars usd доллар доллара долларов dólar dólares دولار"), ("€", "euro euros eur евро"),
        ("£", "pound pounds gbp sterling"), ("¥", "yen yuan"),
        ("km", "kilometre kilometres kilometer kilometers km километр километров"), ("mile", "mile miles"),
        ("m", "metre metres meter meters"), ("t", "tonne tonnes ton tons"), ("kg", "kilogram kilograms kg"),
        ("hour", "hour hours"), ("day", "day days"), ("week", "week weeks"), ("month", "month months"), ("year", "year years"),
        ("percent", "percent percentage prozent pourcent procent процент процента процентов відсотків percento προυτζεντ بالمئة بالمائة אחוז אחוזים प्रतिशत"),
        ("ordinal1", "first erste ersten premier première primero primera primeiro primo prima eerste första første pierwszy первый первая"),
        ("ordinal2", "second zweite zweiten deuxième segundo segunda secondo seconda tweede andra drugi второй вторая"),
        ("ordinal3", "third dritte dritten troisième tercero tercera terceiro terzo terza derde tredje trzeci третий третья"),
    )
    for word in listed.split()
}  # fmt: skip

DATES = _words("""
    january february april june july august september october november december
    monday tuesday wednesday thursday friday saturday sunday yesterday tomorrow today
    januar jänner februar märz april mai juni juli oktober dezember
    montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag gestern heute morgen
    janvier février mars avril juin juillet août septembre octobre novembre décembre
    lundi mardi mercredi jeudi vendredi samedi dimanche hier aujourd demain
    enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre
    lunes martes miércoles jueves viernes sábado domingo ayer hoy mañana
    janeiro fevereiro março maio junho julho setembro outubro novembro dezembro
    segunda-feira terça quarta quinta sexta ontem hoje amanhã
    gennaio febbraio aprile maggio giugno luglio settembre ottobre dicembre
    lunedì martedì mercoledì giovedì venerdì sabato domenica ieri oggi domani
    januari februari maart mei augustus maandag dinsdag woensdag donderdag vrijdag zaterdag zondag
    gisteren vandaag
    måndag tisdag onsdag torsdag fredag lördag söndag mandag tirsdag lørdag søndag igår idag
    stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada
    grudnia poniedziałek wtorek środa środę czwartek piątek sobota sobotę niedziela niedzielę
    ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık
    pazartesi salı çarşamba perşembe cuma cumartesi pazar dün bugün
    января февраля марта апреля мая июня июля августа сентября октября ноября декабря
    понедельник вторник среду среда четверг пятницу пятница субботу суббота воскресенье вчера
    сегодня завтра січня лютого березня квітня травня червня липня серпня вересня жовтня листопада
    грудня понеділок вівторок четвер пятниця неділя
    يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر
    الاثنين الثلاثاء الأربعاء الخميس الجمعة السبت الأحد أمس اليوم
    ינואר פברואר מרץ אפריל מאי יוני יולי אוגוסט ספטמבר אוקטובר נובמבר דצמבר אתמול היום
    जनवरी फरवरी मार्च अप्रैल मई जून जुलाई अगस्त सितंबर अक्टूबर नवंबर दिसंबर
    सोमवार मंगलवार बुधवार गुरुवार शुक्रवार शनिवार रविवार
""")

VOICES = {
    word: voice
    for voice, listed in (
        ("say", """
            said says say saying told tells stated states according added noted announced reported
            sagte sagt sagten teilte erklärte laut zufolge äußerte berichtete
            dit déclaré déclare selon indiqué affirmé affirme annoncé expliqué
            dijo dice según declaró afirmó afirma indicó señaló anunció
            disse diz segundo afirmou declarou anunciou
            detto dice dichiarato secondo afferma
            zei zegt volgens verklaarde meldde
            säger enligt sade uppgav sier ifølge siger
            sanoi mukaan kertoi
            powiedział powiedziała według oświadczył oświadczyła poinformował poinformowała řekl řekla
            podle uvedl uvedla
            mondta szerint közölte spus declarat potrivit
            dedi söyledi göre belirtti açıkladı
            сказал сказала сказали заявил заявила заявили сообщил сообщила сообщили словам согласно
            сказав сказала заявив заявила повідомив повідомила
            είπε δήλωσε σύμφωνα ανακοίνωσε
            قال قالت قالوا صرح صرحت أعلن أعلنت وفقا بحسب أضاف
            אמר אמרה אמרו מסר מסרה לדברי הודיע
            گفت گفته اعلام
            कहा बताया अनुसार nói theo mengatakan menurut kata
            말했다 밝혔다 따르면 전했다
        """),
        ("claim", """
            claimed claims claim claiming alleges allege accuses accused asserted insists insisted
            behauptete behauptet behaupteten prétend prétendu prétendait alega alegó alegou sostiene
            sostuvo sostiene sostenuto beweert beweerde hävdar hävdade hevder hevdet påstår
            twierdzi twierdził twierdziła tvrdí iddia állítja утверждает утверждал утверждала
            стверджує ισχυρίζεται زعم زعمت ادعى טען טענה दावा ادعا mengklaim 주장했다
        """),
        ("deny", """
            denied denies deny denying rejected rejects refuted disputed bestritt bestreitet
            dementierte démenti nié dément negó niega desmintió negou nega desmentiu negato
            smentito ontkende ontkent förnekade förnekar nekter benekter zaprzeczył zaprzeczyła
            popřel tagadta yalanladı отрицает отрицал опроверг опровергла заперечив αρνήθηκε نفى نفت
            הכחיש הכחישה खंडन تکذیب membantah 부인했다
        """),
        ("admit", """
            confirmed confirms confirm admitted admits admit acknowledged conceded bestätigte
            bestätigt räumte confirmé confirme admis reconnu confirmó admitió reconoció confirmou
            admitiu confermato ammesso bevestigde bevestigt bekräftade bekreftet medgav
            potwierdził potwierdziła přiznal potvrdil doğruladı подтвердил подтвердила признал
            признала підтвердив επιβεβαίωσε أكد أكدت اعترف אישר הודה पुष्टि تایید mengonfirmasi
            인정했다 확인했다
        """),
        ("suggest", """
            suggested suggests believes believed believe thinks thought argued argues warned warns
            hinted implied speculated glaubt meint warnte estime croit cree opina acredita ritiene
            gelooft meent anser uważa считает полагает вважає يعتقد מאמין मानना
        """),
    )
    for word in listed.split()
}  # fmt: skip
VOICE_SIGNS = (
    ("say", re.compile("[说說]|表示|宣布|述べ|語っ|話し|によると|กล่าว|ระบุ")),
    ("claim", re.compile("声称|聲稱|宣称|主張し|อ้าง")),
    ("deny", re.compile("否认|否認|否定し|ปฏิเสธ")),
    ("admit", re.compile("承认|承認|证实|證實|認め|ยืนยัน|ยอมรับ")),
)
TITLES = _words("""
    mr mrs ms dr sir lord lady prof president minister senator judge king queen mayor governor
    general colonel captain sergeant chancellor
    herr frau präsident präsidentin minister ministerin kanzler kanzlerin bürgermeister richter
    m mme monsieur madame président ministre señor señora presidente ministro ministra senhor
    signor signora господин госпожа президент министр pan pani prezydent
    الرئيس السيد السيدة الوزير الدكتور הנשיא השר מר גברת श्री श्रीमती राष्ट्रपति मंत्री
""")
# After these words it is told who speaks: "according to the police".
OF_WHOM = _words("""
    according laut zufolge selon según segundo secondo volgens enligt ifølge według podle göre
    согласно словам σύμφωνα وفقا بحسب לדברי अनुसार theo menurut قال قالت
""")
# The characters before an honorific, which are a name or the end of one.
HONORIFICS = re.compile(
    r"[\u30a0-\u30ff\u3400-\u9fff\uac00-\ud7a3]{1,3}\s?"
    "(?=氏|さん|様|容疑者|被告|首相|大統領|大臣|市長|知事|議員|社長|会長|教授|先生|女士|总统|總統|主席"
    "|总理|總理|部长|部長|市长|省长|议员|議員|教授|局长|发言人|發言人"
    "|총리|대통령|장관|시장|지사|의원|대표|회장|교수|씨)"
    # A foreign name is written with a dot between its parts: 艾伦·布兰特, エレン・ブラント.
    r"|[\u30a0-\u30fa\u30fc-\u30ff]{2,12}・[\u30a0-\u30fa\u30fc-\u30ff]{2,12}"
    r"|[\u3400-\u9fff]{2,6}·[\u3400-\u9fff]{2,4}"
)
GERMAN = _words("der die das und nicht ist ein eine den dem mit von auf sich wird war sie")
