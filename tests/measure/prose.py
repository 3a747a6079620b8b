"""Articles of our own making in eight languages, sentence by sentence, each of which can be edited.

A sentence is a pattern with slots. Setting one slot otherwise is what a stealth edit does: another
figure, a "not" put in, another modal, name or voice. Places, people and events are made up.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

STEALTHY = ("number", "negation", "modal", "name", "attribution")


@dataclass(frozen=True)
class Language:
    """Words of a language. ``patterns`` use the slots of :data:`SLOTS`; ``facts`` all of them."""

    people: tuple[str, ...]
    places: tuple[str, ...]
    days: tuple[str, ...]
    things: tuple[tuple[str, ...], ...]
    facts: tuple[str, ...]
    modals: tuple[str, str]
    negation: tuple[str, str]
    voices: tuple[str, str, str]
    fillers: tuple[tuple[str, ...], ...]
    joint: str = " "
    typo: tuple[str, str] = ("", "")


@dataclass(frozen=True)
class Sentence:
    """A pattern and what its slots hold."""

    pattern: str
    slots: tuple[tuple[str, str], ...]

    @property
    def text(self) -> str:
        made = self.pattern.format(**dict(self.slots))
        made = " ".join(made.split())
        return made[:1].upper() + made[1:]

    def having(self, slot: str, value: str) -> Sentence:
        return replace(self, slots=tuple((n, value if n == slot else v) for n, v in self.slots))

    def has(self, slot: str) -> bool:
        return f"{{{slot}}}" in self.pattern


LANGUAGES: dict[str, Language] = {
    "en": Language(
        people=("Maya Lind", "Jonas Okafor", "Ruth Carver", "Amir Haddad", "Elena Petrova", "Tom Brannigan", "Grace Mbeki"),
        places=("Harwick", "Port Selby", "Northgate", "Ellismere", "Tarnbrook", "Vossdale"),
        days=("Monday", "Tuesday", "Wednesday", "Thursday", "Friday"),
        things=(
            ("tide gates", "pumps", "dikes", "barriers", "culverts", "sluices"),
            ("classrooms", "teachers", "pupils", "exam papers", "school buses", "textbooks"),
            ("patients", "nurses", "hospital beds", "vaccines", "ambulances", "wards"),
            ("trains", "carriages", "signals", "platforms", "drivers", "tunnels"),
        ),
        facts=(
            "{person}, who has looked after {place} for years, {voice} on {day} that {n} {thing} {modal} {neg} be replaced before winter.",
            "In {place} alone, {n} {thing} were {neg} counted when {person} {voice} the register was closed.",
            "The council of {place} {modal} {neg} pay for the {n} {thing} that were ordered on {day}, {person} {voice}.",
            "{n} {thing} {modal} {neg} have been lost near {place}, according to {person}.",
            "A letter that {person} wrote on {day} {voice} that {place} {modal} {neg} keep its {n} {thing}.",
        ),
        modals=("will", "may"), negation=("", "not"), voices=("said", "claimed", "denied"),
        fillers=(
            ("Nobody in the committee", "A retired engineer", "The older residents", "Most of those who came", "The second report", "A neighbour"),
            ("remembers how", "had long argued that", "wrote at length about how", "could explain why", "still wonders whether", "kept a record of how"),
            ("the first plans were drawn up in a hurry", "the money went to another part of the coast", "the warnings were filed and forgotten", "a simple repair became a matter of principle", "the rain changed what everybody believed", "the old maps no longer fit the ground"),
            ("and the meetings grew longer every month", "while the water stood in the cellars", "although the weather had been kind for once", "as the newspapers of that spring show", "because the contract left it open", "before anyone asked for the figures"),
        ),
        typo=("the", "teh"),
    ),
    "de": Language(
        people=("Maja Lindner", "Jonas Okter", "Ruth Karber", "Emir Hadad", "Elena Petrov", "Thomas Brand"),
        places=("Harwick", "Selbyhafen", "Nordtor", "Ellismeer", "Tarnbrück"),
        days=("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag"),
        things=(("Schleusen", "Pumpen", "Deiche", "Sperren", "Wehre"), ("Klassenräume", "Lehrkräfte", "Schulbusse", "Lehrbücher"),
                ("Patienten", "Betten", "Impfdosen", "Krankenwagen"), ("Züge", "Signale", "Bahnsteige", "Waggons")),
        facts=(
            "{person}, zuständig für {place}, {voice} am {day}, dass {n} {thing} {neg} vor dem Winter ersetzt {modal}.",
            "Allein in {place} wurden {n} {thing} {neg} gezählt, als {person} das Register schloss.",
            "Der Rat von {place} {modal} die {n} {thing}, die am {day} bestellt wurden, {neg} bezahlen, wie {person} {voice}.",
            "Laut {person} {modal} in der Nähe von {place} {n} {thing} {neg} verloren gegangen sein.",
        ),
        modals=("wird", "könnte"), negation=("", "nicht"), voices=("sagte", "behauptete", "bestritt"),
        fillers=(
            ("Niemand im Ausschuss", "Ein pensionierter Ingenieur", "Die älteren Bewohner", "Der zweite Bericht", "Eine Nachbarin"),
            ("erinnert sich daran, wie", "schrieb lange darüber, wie", "fragt sich bis heute, ob", "hat festgehalten, wie"),
            ("die ersten Pläne in Eile entstanden", "das Geld in einen anderen Teil der Küste floss", "die Warnungen abgelegt und vergessen wurden", "aus einer Reparatur eine Grundsatzfrage wurde", "die alten Karten vom Gelände abwichen"),
            ("und die Sitzungen immer länger dauerten", "während das Wasser in den Kellern stand", "obwohl das Wetter einmal gnädig war", "weil der Vertrag es offen ließ", "bevor jemand nach Zahlen fragte"),
        ),
        typo=("und", "udn"),
    ),
    "fr": Language(
        people=("Maïa Lindet", "Jonas Okaf", "Ruth Carvin", "Amir Haddad", "Hélène Pérot"),
        places=("Harvic", "Port-Selbi", "Nordmont", "Ellismer", "Tarnbois"),
        days=("lundi", "mardi", "mercredi", "jeudi", "vendredi"),
        things=(("vannes", "pompes", "digues", "barrières", "écluses"), ("classes", "enseignants", "manuels", "autobus"),
                ("patients", "lits", "vaccins", "ambulances"), ("trains", "wagons", "signaux", "quais")),
        facts=(
            "{person}, responsable de {place}, a {voice} {day} que {n} {thing} {modal} {neg} être remplacées avant l'hiver.",
            "À {place}, {n} {thing} ont {neg} été comptées quand {person} a fermé le registre.",
            "Le conseil de {place} {modal} {neg} payer les {n} {thing} commandées {day}, a {voice} {person}.",
            "Selon {person}, {n} {thing} ont {neg} disparu près de {place}.",
        ),
        modals=("doivent", "pourraient"), negation=("", "pas"), voices=("déclaré", "prétendu", "nié"),
        fillers=(
            ("Personne au comité", "Un ingénieur à la retraite", "Les anciens du quartier", "Le second rapport", "Une voisine"),
            ("se souvient de la façon dont", "a longuement écrit comment", "se demande encore si", "a noté comment"),
            ("les premiers plans ont été tracés à la hâte", "l'argent est parti ailleurs sur la côte", "les alertes ont été classées et oubliées", "une simple réparation est devenue une affaire de principe"),
            ("et les réunions se sont allongées", "alors que l'eau restait dans les caves", "bien que le temps ait été clément", "parce que le contrat laissait la question ouverte"),
        ),
        typo=("les", "lse"),
    ),
    "es": Language(
        people=("Maya Linde", "Jonás Ocafor", "Ruth Carvera", "Amir Hadad", "Elena Pérez"),
        places=("Harvic", "Puerto Selbi", "Nortera", "Elismar", "Tarnabro"),
        days=("lunes", "martes", "miércoles", "jueves", "viernes"),
        things=(("compuertas", "bombas", "esclusas", "barreras"), ("aulas", "maestras", "escuelas", "becas"),
                ("camas", "vacunas", "enfermeras", "ambulancias"), ("locomotoras", "vías", "señales", "estaciones")),
        facts=(
            "{person}, responsable de {place}, {voice} el {day} que {n} {thing} {neg} {modal} ser sustituidas antes del invierno.",
            "Solo en {place}, {n} {thing} {neg} fueron contadas cuando {person} cerró el registro.",
            "El consejo de {place} {neg} {modal} pagar las {n} {thing} pedidas el {day}, {voice} {person}.",
            "Según {person}, {n} {thing} {neg} se perdieron cerca de {place}.",
        ),
        modals=("deben", "podrían"), negation=("", "no"), voices=("dijo", "alegó", "negó"),
        fillers=(
            ("Alguien en la comisión", "Un ingeniero jubilado", "Los vecinos mayores", "El segundo informe", "Una vecina"),
            ("recuerda cómo", "escribió mucho sobre cómo", "todavía se pregunta si", "llevó cuenta de cómo"),
            ("los primeros planos se trazaron con prisa", "el dinero fue a otra parte de la costa", "los avisos se archivaron y se olvidaron", "una reparación sencilla se volvió cuestión de principios"),
            ("y las reuniones se alargaron", "mientras el agua seguía en los sótanos", "aunque el tiempo había sido amable", "porque el contrato lo dejaba abierto"),
        ),
        typo=("los", "lso"),
    ),
    "ru": Language(
        people=("Майя Линдина", "Иона Окафоров", "Руфь Карверова", "Амир Хаддадов", "Елена Петрова"),
        places=("Харвике", "Порт-Селби", "Нортгейте", "Эллисмере"),
        days=("понедельник", "вторник", "среду", "четверг", "пятницу"),
        things=(("шлюзов", "насосов", "дамб", "заслонов"), ("классов", "учителей", "учебников", "автобусов"),
                ("пациентов", "коек", "вакцин", "палат"), ("поездов", "вагонов", "сигналов", "платформ")),
        facts=(
            "{person}, отвечающая за порядок в {place}, {voice} в {day}, что {n} {thing} {neg} {modal} быть заменены до зимы.",
            "Только в {place} {n} {thing} {neg} были учтены, когда {person} закрыла реестр.",
            "Совет в {place} {neg} {modal} оплатить {n} {thing}, заказанных в {day}, {voice} {person}.",
        ),
        modals=("должны", "могут"), negation=("", "не"), voices=("сказала", "утверждала", "отрицала"),
        fillers=(
            ("Кто-то из комиссии", "Инженер на пенсии", "Старые жители", "Второй доклад", "Соседка"),
            ("помнит, как", "долго писал о том, как", "до сих пор гадает, почему", "записывал, как"),
            ("первые планы чертили в спешке", "деньги ушли на другой участок берега", "предупреждения подшили и забыли", "простой ремонт стал делом принципа"),
            ("и заседания становились всё длиннее", "пока вода стояла в подвалах", "хотя погода была милостива", "потому что договор оставил это открытым"),
        ),
        typo=("как", "кка"),
    ),
    "ar": Language(
        people=("مايا لند", "يوناس عفر", "روث كارفر", "أمير حداد", "إيلينا بترو"),
        places=("هارويك", "ميناء سلبي", "البوابة الشمالية", "إلسمير"),
        days=("الاثنين", "الثلاثاء", "الأربعاء", "الخميس"),
        things=(("بوابة", "مضخة", "حاجزا", "سدا"), ("فصلا", "معلما", "كتابا", "حافلة"), ("مريضا", "سريرا", "لقاحا", "ممرضا"), ("قطارا", "عربة", "رصيفا", "نفقا")),
        facts=(
            "{voice} {person} يوم {day} إن {n} {thing} في {place} {neg} {modal} أن تستبدل قبل الشتاء كما كان مقررا من قبل.",
            "وفي {place} وحدها {neg} سجلت {n} {thing} حين أغلق السجل بحضور {person} في نهاية الاجتماع الطويل.",
            "{voice} {person} إن مجلس {place} {neg} {modal} أن يدفع ثمن {n} {thing} طلبت يوم {day} من المصنع القديم.",
        ),
        modals=("يجب", "يمكن"), negation=("", "لا"), voices=("قال", "زعم", "نفى"),
        fillers=(
            ("كتب مهندس متقاعد", "تذكر السكان القدامى", "روى التقرير الثاني", "شرحت جارة"),
            ("كيف رسمت الخطط الأولى على عجل", "كيف ذهب المال إلى جزء آخر من الساحل", "كيف حفظت التحذيرات ونسيت", "كيف صار الإصلاح مسألة مبدأ"),
            ("بينما بقي الماء في الأقبية", "مع أن الطقس كان رحيما", "لأن العقد ترك ذلك مفتوحا", "وطالت الاجتماعات كل شهر"),
            ("في تلك السنة.", "كما تظهر الصحف.", "قبل أن يسأل أحد.", "على طول الشاطئ."),
        ),
        typo=("كيف", "كبف"),
    ),
    "ja": Language(
        people=("山田", "田中", "佐藤", "鈴木", "高橋"),
        places=("春港", "北門", "湖畔町", "西浜"),
        days=("月曜", "火曜", "水曜", "木曜"),
        things=(("水門", "ポンプ", "堤防"), ("教室", "教員", "教科書"), ("患者", "病床", "ワクチン"), ("列車", "信号", "客車")),
        facts=(
            "{place}を担当する{person}氏は{day}日、冬までに{n}基の{thing}を取り替え{neg}{modal}{voice}。",
            "{place}だけで{n}の{thing}が数えられてい{neg}たとする記録を{person}氏が{day}日に閉じたと{voice}。",
            "{day}日に注文された{n}の{thing}の代金を{place}の議会は払わ{neg}{modal}{person}氏は{voice}。",
        ),
        modals=("予定だと", "可能性があると"), negation=("", "ない"), voices=("述べた", "主張した", "否定した"),
        fillers=(
            ("委員会のある人は", "引退した技師は", "古くからの住民は", "二番目の報告書は"),
            ("最初の計画が急いで描かれたことを", "金が海岸の別の場所へ行ったことを", "警告が綴じられ忘れられたことを", "簡単な修理が原則の問題になったことを"),
            ("会合が長引くなかで", "地下室に水が残る間に", "天気が穏やかだったのに", "契約に定めがなかったため"),
            ("今も覚えている。", "長く書き残した。", "不思議に思っている。", "記録していた。"),
        ),
        joint="", typo=("記録", "記緑"),
    ),
    "zh": Language(
        people=("李明", "王芳", "张伟", "陈静", "刘洋"),
        places=("春港市", "北门镇", "湖畔县", "西滩区"),
        days=("周一", "周二", "周三", "周四"),
        things=(("座水闸", "台水泵", "段堤坝"), ("间教室", "名教师", "本教材"), ("名患者", "张病床", "支疫苗"), ("列火车", "节车厢", "个信号灯")),
        facts=(
            "负责{place}事务的{person}先生在{day}{voice}，入冬之前{modal}{neg}更换{n}{thing}。",
            "仅在{place}一地，登记结束时{neg}统计到{n}{thing}，{person}先生{voice}。",
            "{place}议会{modal}{neg}支付{day}订购的{n}{thing}的费用，{person}先生{voice}。",
        ),
        modals=("应该", "可能"), negation=("", "不"), voices=("表示", "声称", "否认"),
        fillers=(
            ("委员会里有人", "一位退休的工程师", "附近的老居民", "后来的报告"),
            ("记得最初的图纸画得很匆忙", "写到钱去了海岸的别处", "提到警告被归档后遗忘", "说明简单的修理怎样变成原则问题"),
            ("而会议越开越长", "当时地下室里还有积水", "虽然那年天气温和", "因为合同里留了余地"),
            ("报纸上都有记载。", "大家都这样讲。", "至今仍有争论。", "后来才有人问起。"),
        ),
        joint="", typo=("报告", "报吿"),
    ),
}  # fmt: skip


class Writer:
    """Writes an article of one language and topic; the same for the same seed."""

    def __init__(self, rng: random.Random, language: str, topic: int | None = None) -> None:
        self.rng = rng
        self.language = language
        self._words = LANGUAGES[language]
        self.topic = rng.randrange(len(self._words.things)) if topic is None else topic
        self._written: set[str] = set()

    def use_half(self, which: int) -> None:
        """Keep to one half of all lists: two articles of two halves share no row of words."""
        words = self._words
        self._words = replace(
            words,
            people=words.people[which::2],
            places=words.places[which::2],
            facts=words.facts[which::2] or words.facts,
            fillers=tuple(choice[which::2] for choice in words.fillers),
        )

    def fact(self) -> Sentence:
        """Write a sentence with every kind of word that an edit may change."""
        words = self._words
        slots = {
            "person": self.rng.choice(words.people),
            "place": self.rng.choice(words.places),
            "day": self.rng.choice(words.days),
            "thing": self.rng.choice(words.things[self.topic]),
            "n": str(self.rng.randint(3, 4800)),
            "modal": words.modals[0],
            "neg": words.negation[0],
            "voice": words.voices[0],
        }
        return Sentence(self.rng.choice(words.facts), tuple(slots.items()))

    def filler(self) -> Sentence:
        """Write a sentence of running text, each but once."""
        text = ""
        for _ in range(200):
            parts = [self.rng.choice(choice) for choice in self._words.fillers]
            text = self._words.joint.join(parts)
            if text not in self._written:
                break
        self._written.add(text)
        stop = "" if text.endswith((".", "。")) else "."
        return Sentence(text.replace("{", "") + stop, ())

    def article(self, paragraphs: int) -> list[list[Sentence]]:
        """Write paragraphs of two to five sentences."""
        return [
            [self.fact() if self.rng.random() < 0.45 else self.filler() for _ in range(self.rng.randint(2, 5))]
            for _ in range(paragraphs)
        ]  # fmt: skip

    def edited(self, sentence: Sentence, kind: str) -> Sentence | None:
        """Return a sentence with one stealth edit of a kind, None where it has no place for it."""
        words = self._words
        slot = {
            "number": "n",
            "negation": "neg",
            "modal": "modal",
            "name": "person",
            "attribution": "voice",
        }[kind]
        if not sentence.has(slot):
            return None
        now = dict(sentence.slots)[slot]
        choices = {
            "number": (str(int(dict(sentence.slots)["n"]) + self.rng.choice((1, 9, 90))),),
            "negation": words.negation[1:], "modal": words.modals[1:],
            "name": tuple(one for one in words.people if one != now), "attribution": words.voices[1:],
        }[kind]  # fmt: skip
        return sentence.having(slot, self.rng.choice(choices))

    def mistyped(self, sentence: Sentence) -> Sentence | None:
        """Return a sentence with two letters swapped, None where it has not the word."""
        right, wrong = self._words.typo
        if right not in sentence.pattern:
            return None
        return replace(sentence, pattern=sentence.pattern.replace(right, wrong, 1))

    def written(self, paragraph: list[Sentence]) -> str:
        """Return a paragraph as text."""
        return self._words.joint.join(sentence.text for sentence in paragraph)
