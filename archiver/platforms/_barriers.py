# ruff: noqa: E501 - a table of phrases is read by the line
"""The kinds of walls: what a reading says when it met one, and how sites word them.

Each pattern is matched against a whole heading, a whole part of a title or a whole sentence, and
only on pages of few words: the same words within an article are its subject.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from archiver.model.inquiry import Wall
from archiver.model.signals import Signal

SIGNALS = {
    Wall.CHALLENGE: Signal.WALL,
    Wall.FORBIDDEN: Signal.WALL,
    Wall.LOCAL: Signal.WALL,
    Wall.ROBOTS: Signal.REFUSED,
    Wall.LOGIN: Signal.LOGIN,
    Wall.PAYWALL: Signal.LOGIN,
    Wall.CONSENT: Signal.LOGIN,
    Wall.RATE_LIMIT: Signal.RATE_LIMITED,
    Wall.LEGAL: Signal.WITHHELD,
}
"""The signal that goes with each kind of wall; a new kind must be given one here."""


@dataclass(frozen=True, slots=True)
class Barrier:
    """A wall that was met: its kind, and what it is in a clause ("a Cloudflare challenge")."""

    wall: Wall
    says: str

    @property
    def signal(self) -> Signal:
        """The signal of a reading that met it."""
        return SIGNALS[self.wall]


_REST = r"[^.!?。！？]{0,80}[.!…。！]*"

CHALLENGE = re.compile(
    r"are you (?:a )?(?:robot|human)\??"
    r"|(?:please )?(?:verify|confirm|prove)(?: that)? you(?:['’]re| are)(?: a)?"
    rf" (?:human|not a (?:robot|bot)){_REST}"
    r"|(?:human|robot|bot|security|browser) (?:verification|check)(?: required)?"
    r"|checking (?:your browser|if the site connection is secure)[^?]{0,60}"
    r"|verifying (?:you are human|your browser)[^?]{0,80}"
    r"|(?:please )?(?:complete|solve) the (?:captcha|security check)[^?]{0,60}"
    r"|(?:please )?enable (?:java ?script|js) and (?:cookies|disable any ad blocker)"
    rf" to continue{_REST}"
    r"|(?:please )?enable (?:cookies|js and disable any ad blocker)[.!]?"
    r"|making sure you['’]re not a (?:ro)?bot[.!]?"
    r"|needs to review the security of your connection before proceeding[.!]?"
    r"|as you were browsing,? something about your browser made us think you (?:were|might be) a"
    r" bot[.!]?"
    r"|to continue, please (?:click|confirm|verify)[^.?]{0,60}[.!]?"
    r"|press (?:and|&) hold to confirm[^?]{0,80}"
    r"|(?:our systems have )?detected unusual (?:traffic|activity) from your"
    r" (?:computer )?(?:network|device|ip)[^?]{0,40}"
    r"|bitte bestätigen sie, dass sie kein(?:e)? (?:roboter|bot|maschine)[^?]{0,40}"
    r"|(?:überprüfung|prüfung) (?:ihres browsers|der verbindung)[^?]{0,60}"
    r"|sind sie ein (?:mensch|roboter)\??"
    r"|vérification (?:de votre navigateur|que vous êtes humain|de sécurité)[^?]{0,60}"
    r"|(?:veuillez )?confirme[rz] que vous n['’]êtes pas un robot[.!]?"
    r"|(?:por favor,? )?(?:confirme|verifique) que (?:no es un robot|es (?:usted )?humano)[.!]?"
    r"|verificando (?:su navegador|que usted es humano)[^?]{0,60}"
    r"|verifica di essere umano[.!]?|non sei un robot\??|non sono un robot"
    r"|confirme que (?:você )?(?:não é um robô|é humano)[.!]?"
    r"|подтвердите,? что (?:вы не робот|запросы отправляли вы)[^?]{0,60}|вы не робот\??"
    r"|проверка (?:браузера|безопасности)[^?]{0,60}"
    r"|potwierdź,? że (?:nie jesteś robotem|jesteś człowiekiem)[.!]?"
    r"|(?:安全验证|安全驗證|人机验证|请完成(?:下列|安全)?验证[^?]{0,20})"
    r"|(?:ロボットではない|人間である)ことを確認[^?]{0,30}|セキュリティチェック"
    r"|(?:로봇이 아닙니다|보안 확인)[^?]{0,30}",
    re.I,
)
FORBIDDEN = re.compile(
    r"(?:error )?403(?:[ :.,–—-]+(?:forbidden|access denied|error))?[.!]?|(?:error )?1020"
    r"|(?:sorry, )?you (?:have|['’]ve) been blocked[.!]?"
    r"|(?:sorry, )?you are (?:blocked|unable to access)\b[^?]{0,60}"
    r"|your (?:ip(?: address)?|access|request|browser) (?:has been|was|is) (?:temporarily )?"
    r"(?:blocked|denied|banned|rejected)\b[^?]{0,80}"
    r"|you (?:do not|don['’]t) have permission to (?:access|view)\b[^?]{0,120}"
    r"|access (?:to this (?:page|site|resource) )?(?:has been |is |was )?(?:denied|forbidden|blocked)"
    r"[.!]?"
    r"|(?:the )?request (?:was |is |has been )?(?:blocked|rejected)[.!]?"
    r"|(?:zugriff|zugang) (?:verweigert|gesperrt|blockiert)[.!]?"
    r"|accès (?:refusé|interdit|bloqué)[.!]?|acceso (?:denegado|prohibido|bloqueado)[.!]?"
    r"|acesso (?:negado|proibido|bloqueado)[.!]?|accesso (?:negato|vietato|bloccato)[.!]?"
    r"|toegang (?:geweigerd|geblokkeerd)[.!]?|доступ (?:запрещ[её]н|заблокирован|ограничен)[.!]?"
    r"|odmowa dostępu|åtkomst nekad|adgang (?:nægtet|nektet)|erişim (?:engellendi|reddedildi)"
    r"|访问被拒绝|禁止访问|拒绝访问|存取被拒|アクセスが拒否されました|アクセス拒否"
    r"|접근이 (?:거부|차단)되었습니다|تم رفض الوصول|الوصول مرفوض|הגישה נדחתה",
    re.I,
)
LOGIN = re.compile(
    r"(?:please )?(?:log|sign)[ -]?in(?: (?:to|or|with|required|page)\b[^.!?:]{0,60})?[.!…]*"
    r"|(?:you (?:must|need to|have to) |please )(?:be )?(?:log(?:ged)?|sign(?:ed)?) in\b"
    r"[^.!?]{0,60}[.!…]*"
    r"|(?:log ?in|sign ?in|authentication) required[.!]?"
    r"|(?:this (?:page|content) )?requires? (?:you to )?log(?:ging)? in[.!]?"
    r"|(?:bitte )?(?:einloggen|anmelden|melden sie sich an|loggen sie sich ein)"
    r"|connectez-vous|se connecter|identifiez-vous|connexion(?: requise)?"
    r"|(?:inicia|inicie|iniciar) sesión|identifícate"
    r"|(?:inicie|iniciar) sessão|faça (?:o )?login|accedi|effettua (?:il login|l['’]accesso)"
    r"|inloggen|log (?:je )?in|meld je aan|logga in|log ind|logg inn|kirjaudu sisään"
    r"|zaloguj się|logowanie|přihlásit se|přihlaste se|přihlášení|jelentkezzen be|bejelentkezés"
    r"|autentificare|autentifică-te|войдите|вход|авторизация|увійдіть|вхід|авторизація"
    r"|σύνδεση|συνδεθείτε|giriş yap(?:ın)?|oturum aç(?:ın)?|تسجيل الدخول|سجل الدخول"
    r"|התחברות|התחברו|כניסה למערכת|ورود به (?:سایت|سامانه|حساب کاربری)"
    r"|登录|登入|请(?:先)?登录|請(?:先)?登入|ログイン(?:してください。?)?|로그인(?:이 필요합니다)?"
    r"|đăng nhập|เข้าสู่ระบบ|लॉग ?इन(?: करें)?",
    re.I,
)
# Of a sentence: what one has to log in for is this page. To write a comment is another thing.
LOGIN_FIRST = re.compile(
    r"(?:sorry, )?you (?:must|need to|have to) (?:be )?(?:log(?:ged)?|sign(?:ed)?)[ -]?in to"
    r" (?:view|see|access|read|continue)\b[^.!?]{0,80}[.!…]*"
    r"|(?:please )?(?:log|sign)[ -]?in to (?:view|see|access|read|continue)\b[^.!?]{0,80}[.!…]*"
    r"|sie müssen (?:sich (?:anmelden|einloggen)|(?:angemeldet|eingeloggt) sein), um[^.!?]{0,80}[.!]*"
    r"|vous devez (?:être connecté|vous connecter) pour (?:voir|lire|accéder|consulter)[^.!?]{0,80}[.!]*"
    r"|(?:debe|debes|tienes que|tiene que) iniciar sesión para (?:ver|leer|acceder)[^.!?]{0,80}[.!]*"
    r"|(?:você )?(?:precisa|deve) (?:estar logado|fazer login|entrar) para (?:ver|ler|acessar)[^.!?]{0,80}[.!]*"
    r"|devi (?:accedere|effettuare (?:il login|l['’]accesso)) per (?:vedere|leggere|visualizzare)[^.!?]{0,80}[.!]*"
    r"|je moet (?:ingelogd zijn|inloggen) om[^.!?]{0,80}[.!]*"
    r"|(?:необходимо|вам нужно|чтобы [^.!?]{1,60},) (?:войти|авториз)[^.!?]{0,80}[.!]*",
    re.I,
)
PAYWALL = re.compile(
    r"(?:please )?(?:subscribe|register|sign up|become a (?:subscriber|member))(?: now| today)?"
    r" to (?:continue|keep|finish|read|unlock|access)\b[^.!?]{0,80}[.!…]*"
    r"|to (?:continue|keep|finish) reading\b[^.!?]{0,100}[.!…]*"
    r"|(?:continue|keep) reading (?:with|by) [^.!?]{1,80}[.!…]*"
    r"|this (?:article|story|content|page|post) is (?:only |exclusively )?"
    r"(?:for|available to|reserved for|exclusive to)(?: our)?(?: paying)? "
    r"(?:subscribers|members)(?: only)?[.!]?"
    r"|(?:subscriber|member)s?[ -]only (?:content|article|story)s?[.!]?"
    r"|you(?:['’]ve| have) (?:reached|read|used) (?:your|all|the)\b[^.!?]{0,80}"
    r"\b(?:articles?|limit|stories)\b[^.!?]{0,40}[.!]?"
    r"|already a subscriber\??(?: (?:log|sign) in[.!]?)?"
    r"|(?:jetzt )?weiterlesen mit [^.!?]{1,60}|(?:dieser|diesen) (?:artikel|inhalt) (?:ist|gibt es)"
    r"(?: nur)? (?:für|exklusiv für) (?:abonnenten|mitglieder)[^?]{0,40}"
    r"|(?:jetzt )?(?:abo(?:nnement)?|abonnieren|registrieren)[^.!?]{0,40} (?:und|um)"
    r" (?:weiter(?:zu)?lesen|alles lesen)[^?]{0,40}|sie sind bereits abonnent\??"
    r"|(?:cet article|ce contenu) est réservé aux abonnés[.!]?"
    r"|(?:il vous reste [^.]{1,30} à lire|abonnez-vous pour (?:lire|continuer|accéder)[^?]{0,60})"
    r"[.!]?|déjà abonné(?:\(e\))? ?\??"
    r"|(?:suscríbete|suscríbase|regístrate) para (?:seguir|continuar|leer)[^?]{0,60}"
    r"|(?:este )?(?:artículo|contenido) (?:es )?(?:exclusivo|solo|sólo) para suscriptores[.!]?"
    r"|(?:assine|cadastre-se) para (?:continuar|ler)[^?]{0,60}"
    r"|(?:conteúdo )?exclusivo para assinantes[.!]?"
    r"|abbonati per (?:continuare|leggere)[^?]{0,60}|(?:contenuto|articolo) riservato agli abbonati"
    r"[.!]?|(?:dit )?artikel is (?:alleen )?(?:voor|exclusief voor) abonnees[.!]?"
    r"|(?:word|neem een) abon[^?]{0,50}(?:verder|lezen)[^?]{0,30}"
    r"|(?:artikeln|detta innehåll) är (?:endast )?för prenumeranter[.!]?"
    r"|(?:denne )?artik(?:el|kel)en er (?:kun )?for abonnenter[.!]?"
    r"|(?:подпишитесь|оформите подписку),? чтобы (?:продолжить|читать)[^?]{0,60}"
    r"|(?:материал |статья )?доступ(?:ен|на) только (?:по подписке|подписчикам)[.!]?"
    r"|(?:ten )?artykuł (?:jest )?(?:tylko )?dla (?:subskrybentów|prenumeratorów)[.!]?"
    r"|この記事は(?:有料)?会員限定(?:記事)?です。?|有料会員限定(?:記事)?|(?:续|續)?訂閱[^?]{0,20}閱讀[^?]{0,10}"
    r"|订阅[^?]{0,20}阅读[^?]{0,10}|구독자 전용[^?]{0,20}",
    re.I,
)
CONSENT = re.compile(
    r"before you (?:continue|proceed)(?: to [^.!?]{1,60})?[.!…]*"
    r"|(?:we (?:value|care about|respect) your privacy|your privacy (?:choices|matters)"
    r"|(?:cookie|privacy) (?:consent|settings|preferences)|consent (?:required|needed))[.!]?"
    r"|(?:yahoo is|we are|google is) part of [^.]{1,60}"
    r"|bevor sie (?:fortfahren|zu [^.!?]{1,40} weitergehen|weitergehen)[^?]{0,60}"
    r"|(?:wir (?:schätzen|respektieren) ihre privatsphäre|ihre privatsphäre ist uns wichtig"
    r"|(?:cookie|privatsphäre|datenschutz)-?einstellungen|willkommen bei [^.!?]{1,40} mit werbung"
    r"[^?]{0,40})[.!]?"
    r"|avant (?:d['’]accéder à|de continuer)[^?]{0,60}|(?:nous respectons|le respect de) votre vie"
    r" privée[^?]{0,60}|vos (?:choix|paramètres) (?:en matière )?de (?:cookies|confidentialité|vie privée)"
    r"|antes de (?:continuar|ir a)[^?]{0,60}|(?:valoramos|respetamos|nos importa) (?:su|tu)"
    r" privacidad[.!]?|antes de (?:avançar|prosseguir)[^?]{0,60}|valorizamos (?:a )?sua privacidade"
    r"|prima di (?:continuare|procedere)[^?]{0,60}|(?:rispettiamo|teniamo alla|il rispetto del)la"
    r" tua (?:privacy|riservatezza)[^?]{0,40}|la tua privacy è importante[^?]{0,40}"
    r"|voordat je (?:verdergaat|verder gaat)[^?]{0,60}|wij (?:waarderen|respecteren) (?:je|uw)"
    r" privacy|innan du (?:fortsätter|går vidare)[^?]{0,60}|før du fortsetter[^?]{0,60}"
    r"|inden du fortsætter[^?]{0,60}|zanim przejdziesz[^?]{0,60}|szanujemy (?:twoją|państwa)"
    r" prywatność|než budete pokračovat[^?]{0,60}|прежде чем (?:перейти|продолжить)[^?]{0,60}",
    re.I,
)
LEGAL = re.compile(
    r"(?:error )?451\b[ :.,–—-]*(?:unavailable (?:for|due to) legal reasons)?[.!]?"
    r"|unavailable (?:for|due to) legal reasons[.!]?"
    r"|(?:sorry,? )?(?:this|the|our)?(?: requested)? ?(?:content|page|site|website|video|service)"
    r" (?:is|are) (?:currently |temporarily )?(?:not|un)[ -]?available (?:in|from|to) (?:your"
    r"|most|visitors|users|the)? ?(?:region|country|location|area|european|eu\b|eea)[^?]{0,80}"
    r"|(?:the )?(?:uploader|owner|publisher|rights ?holder) has not made (?:this|it)[^.?]{0,20}"
    r" available in (?:your|this) (?:country|region)[.!]?"
    r"|(?:not|un)[ -]?available in (?:your (?:region|country|location|area)|the (?:eu|eea)"
    r"|europe(?:an union)?)[^?]{0,60}"
    r"|(?:sorry,? )?(?:we are|we['’]re) (?:currently )?(?:unavailable|not available|unable to"
    r" (?:offer|provide|grant)[^.]{0,60}) (?:in|to|from) (?:your|most|the) [^?]{0,80}"
    r"|our european (?:visitors|readers|users) are important to us[.!]?"
    r"|(?:we recognize|it appears) you are (?:attempting to access|accessing) this website from a"
    r" country[^?]{0,160}"
    r"|(?:this (?:content|page|account) (?:has been|is) )?(?:withheld|restricted|blocked) in (?:your"
    r" country|[a-z]{4,20}) (?:in response to|due to|for)[^?]{0,60}"
    r"|(?:dieser|diese|dieses) (?:inhalt|seite|video|website) ist in (?:ihrem|deinem) land"
    r"(?: leider)? nicht verfügbar[.!]?"
    r"|(?:ce contenu|cette page|ce site|cette vidéo) n['’]est pas disponible dans votre (?:pays"
    r"|région)[.!]?"
    r"|(?:este|esta) (?:contenido|página|sitio|vídeo|video) no está disponible en (?:su|tu)"
    r" (?:país|región)[.!]?"
    r"|(?:este|esta) (?:conteúdo|página|site|vídeo) não está disponível (?:no seu país"
    r"|na sua região)[.!]?"
    r"|quest[oa] (?:contenuto|pagina|sito) non è disponibile (?:nel tuo paese|nella tua (?:regione"
    r"|area))[.!]?"
    r"|deze (?:inhoud|pagina|website) is niet beschikbaar in (?:je|jouw|uw) (?:land|regio)[.!]?"
    r"|(?:этот |данный )?(?:материал|контент|сайт|страница) недоступ(?:ен|на) в ваш(?:ей|ем)"
    r" (?:стране|регионе)[.!]?|доступ (?:к [^.]{1,40} )?ограничен (?:по решению|на основании"
    r"|на территории)[^?]{0,80}"
    r"|(?:お住まいの|ご利用の)(?:国|地域)では(?:ご)?(?:利用|視聴|覧)[^?]{0,20}"
    r"|(?:您所在的|你所在的)(?:国家|國家|地区|地區)[^?]{0,20}(?:不可用|无法[^?]{0,8}|無法[^?]{0,8})"
    r"|(?:해당|거주) (?:국가|지역)에서(?:는)? (?:이용|사용)[^?]{0,20}"
    r"|bu (?:içerik|site) (?:ülkenizde|bölgenizde) (?:mevcut|kullanılabilir) değil[^?]{0,20}",
    re.I,
)
RATE_LIMIT = re.compile(
    r"(?:error )?429(?:[ :.,–—-]+too many requests)?[.!]?|too many requests[.!]?"
    r"|rate limit(?:ed)?(?: (?:exceeded|reached))?[.!]?|slow down[.!]?"
    r"|you(?:['’]ve| have) (?:made|sent) too many requests[^?]{0,60}|zu viele anfragen[.!]?"
    r"|trop de requêtes[.!]?|demasiadas (?:solicitudes|peticiones)[.!]?|troppe richieste[.!]?"
    r"|слишком много запросов[.!]?|请求过于频繁[^?]{0,20}|アクセスが集中[^?]{0,40}",
    re.I,
)
LOCAL = re.compile(
    r"web page blocked[.!]?|(?:this )?web(?:site|page) (?:has been |is )?blocked by"
    r" (?:your|the) (?:administrator|organi[sz]ation|network|company|it)[^?]{0,60}"
    r"|(?:this|the) (?:page|site|website|web page|url|category)[^.?]{0,60} (?:is|has been) blocked"
    r"(?: (?:by|due to|because|according)[^?]{0,100})?[.!]?"
    r"|access (?:to [^.?]{1,60} )?(?:has been )?(?:blocked|denied) by (?:your|the) (?:organi[sz]ation"
    r"|network|administrator|company|content filter|internet usage policy)[^?]{0,60}"
    r"|(?:fortiguard|zscaler|cisco umbrella|opendns|zyxel|sonicwall|sophos|barracuda|lightspeed"
    r"|websense|forcepoint|netskope|mcafee web gateway|blue coat|palo alto networks|securly|untangle"
    r"|pi-hole|adguard|nextdns)\b[^.?]{0,60}(?:block|filter|denied|intrusion|restricted)[^?]{0,60}"
    r"|internet security by zscaler|(?:wi-?fi|wlan|guest|hotspot|network)"
    r" (?:login|log-?in|access|portal|authentication)(?: required)?[.!]?"
    r"|network authentication required[.!]?|captive portal[^?]{0,40}"
    r"|(?:die|diese) (?:web)?seite wurde (?:von ihrem administrator |durch )?[^?]{0,40}blockiert[.!]?"
    r"|(?:sito|pagina) bloccat[oa] (?:da|dall)[^?]{0,60}|page (?:web )?bloquée[.!]?"
    r"|sitio (?:web )?bloqueado[.!]?",
    re.I,
)
BROKEN = re.compile(
    r"error establishing a database connection[.!]?|database error"
    r"|(?:(?:the|this|our) )?(?:web)?site (?:is )?(?:currently |temporarily )?"
    r"(?:(?:under|down for|in)(?: scheduled)? maintenance|unavailable|offline|down)[.!]?"
    r"|(?:under|scheduled) maintenance|maintenance mode"
    r"|(?:service|temporarily) unavailable[.!]?|(?:500[ :.–—-]*)?internal server error[.!]?"
    r"|(?:502[ :.–—-]*)?bad gateway[.!]?|(?:504[ :.–—-]*)?gateway time-?out[.!]?"
    r"|(?:we['’]ll|we will) be (?:right )?back(?: soon)?[.!]?"
    r"|wartungsarbeiten|(?:die|diese) (?:web)?seite (?:wird gerade gewartet|befindet sich im"
    r" wartungsmodus)[.!]?|(?:site en|en cours de) maintenance|(?:sitio )?en mantenimiento"
    r"|em manutenção|in manutenzione|in onderhoud|технические работы|на сайте ведутся технические"
    r" работы|przerwa techniczna|メンテナンス中(?:です)?|系统维护中?|网站维护中?|점검 중(?:입니다)?",
    re.I,
)

HEADINGS = (
    (CHALLENGE, Wall.CHALLENGE),
    (LOCAL, Wall.LOCAL),
    (LEGAL, Wall.LEGAL),
    (RATE_LIMIT, Wall.RATE_LIMIT),
    (LOGIN, Wall.LOGIN),
    (PAYWALL, Wall.PAYWALL),
    (CONSENT, Wall.CONSENT),
    (FORBIDDEN, Wall.FORBIDDEN),
)
"""What a whole heading or part of a title tells, in the order in which it is asked."""
SENTENCES = (
    (CHALLENGE, Wall.CHALLENGE),
    (LOCAL, Wall.LOCAL),
    (LEGAL, Wall.LEGAL),
    (LOGIN_FIRST, Wall.LOGIN),
    (PAYWALL, Wall.PAYWALL),
    (CONSENT, Wall.CONSENT),
    (FORBIDDEN, Wall.FORBIDDEN),
    (RATE_LIMIT, Wall.RATE_LIMIT),
)
"""What one sentence tells of a page of hardly any words."""
OWN_SENTENCES = (
    (LEGAL, Wall.LEGAL),
    (LOGIN_FIRST, Wall.LOGIN),
    (FORBIDDEN, Wall.FORBIDDEN),
)
"""What one sentence tells of a page that shows hardly anything but menus and boxes."""
