from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.judge.material import Usage, is_typo, material_between
from archiver.model.comparison import Material

N, NEG, MOD, NAME, SAID = (
    Material.NUMBER, Material.NEGATION, Material.MODAL, Material.NAME, Material.ATTRIBUTION,
)  # fmt: skip

EDITS = [
    # figures
    ("Twelve ships left the harbour.", "Twenty ships left the harbour.", {N}),
    ("It rose by 1.5 million.", "It rose by 1.5 billion.", {N}),
    ("It fell by 5 %.", "It fell by 5.", {N}),
    ("It is 3 degrees.", "It is -3 degrees.", {N}),
    ("It cost $40.", "It cost €40.", {N}),
    ("12 died and 30 were hurt.", "30 died and 12 were hurt.", {N}),
    ("He left on 3 May 2020.", "He left on 3 June 2020.", {N}),
    ("Es kamen zwölf Schiffe.", "Es kamen zwanzig Schiffe.", {N}),
    ("Пришли 12 кораблей.", "Пришли 21 корабль.", {N}),
    ("وصلت ١٢ سفينة إلى الميناء", "وصلت ٢١ سفينة إلى الميناء", {N}),
    ("見張りは十二隻の船を見た。", "見張りは二十隻の船を見た。", {N}),
    ("He came twice.", "He came.", {N}),
    # negations
    ("It is safe.", "It is not safe.", {NEG}),
    ("He can say why.", "He can't say why.", {NEG}),
    ("They were warned.", "They were never warned.", {NEG}),
    ("It was done with a permit.", "It was done without a permit.", {NEG}),
    ("Die Brücke ist sicher.", "Die Brücke ist nicht sicher.", {NEG}),
    ("Le pont est sûr.", "Le pont n'est pas sûr.", {NEG}),
    ("El puente es seguro.", "El puente no es seguro.", {NEG}),
    ("A ponte é segura.", "A ponte não é segura.", {NEG}),
    ("Il ponte è sicuro.", "Il ponte non è sicuro.", {NEG}),
    ("De brug is veilig.", "De brug is niet veilig.", {NEG}),
    ("Bron är säker.", "Bron är inte säker.", {NEG}),
    ("Most jest bezpieczny.", "Most nie jest bezpieczny.", {NEG}),
    ("Köprü güvenli.", "Köprü güvenli değil.", {NEG}),
    ("Мост безопасен.", "Мост не безопасен.", {NEG}),
    ("الجسر آمن", "الجسر ليس آمنا", {NEG}),
    ("הגשר בטוח", "הגשר לא בטוח", {NEG}),
    ("पुल सुरक्षित है।", "पुल सुरक्षित नहीं है।", {NEG}),
    ("这座桥安全。", "这座桥不安全。", {NEG}),
    ("橋は安全である。", "橋は安全ではない。", {NEG}),
    ("다리는 안전하다.", "다리는 안전하지 않다.", {NEG}),
    # modals
    ("He will resign.", "He may resign.", {MOD}),
    ("The thief fled.", "The alleged thief fled.", {MOD}),
    ("It must close.", "It should close.", {MOD}),
    ("Er wird gehen.", "Er könnte gehen.", {MOD}),
    ("Он возможно ушёл.", "Он ушёл.", {MOD}),
    ("他会离开。", "他可能会离开。", {MOD}),
    ("The tower is safe.", "The tower is safe?", {MOD}),
    # names
    ("The chief, Maya Lind, left.", "The chief, Ana Lind, left.", {NAME}),
    ("They met in Harwick in secret.", "They met in Selby in secret.", {NAME}),
    ("A plan of NATO was read.", "A plan of ASEAN was read.", {NAME}),
    ("Am Abend kam Karl Weber und nicht die Polizei.", "Am Abend kam Hans Weber und nicht die Polizei.", {NAME}),
    ("山田氏は塔を見た。", "田中氏は塔を見た。", {NAME}),
    # who says it
    ("The guard denied it.", "The guard claimed it.", {SAID}),
    ("Officials said so.", "Witnesses said so.", {SAID}),
    ("According to the police it fell.", "According to the army it fell.", {SAID}),
    ("It fell.", "It fell, the guard claimed.", {SAID}),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after", "kinds"), EDITS, ids=[row[1] for row in EDITS])
def test_an_edit_is_named_both_ways(before, after, kinds):
    assert kinds <= set(material_between(before, after))
    assert kinds <= set(material_between(after, before))
    assert not is_typo(before, after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("The goverment was right.", "The government was right."),
        ("Large crowds came to the harbour.", "Big crowds came to the harbour."),
        ("Twelve ships left.", "12 ships left."),
        ("Twenty-one ships left.", "21 ships left."),
        ("It cost 1,000 euros.", "It cost 1000 euros."),
        ("It fell by 5 percent.", "It fell by 5 %."),
        ("the President came", "the president came"),
        ("On Monday, 12 ships left the harbour.", "12 ships left the harbour on Monday."),
        ("He said it was late.", "He told them it was late."),
        ("Der Sturm kam und die Stadt schlief.", "Der Orkan kam und die Stadt schlief."),
        ("What The Keeper Heard That Night", "What The Guard Heard That Night"),
        ("THE KEEPER SAW IT ALL", "THE GUARD SAW IT ALL"),
        ("塔の見張りは船を見た。", "塔の番人は船を見た。"),
    ],
)
def test_other_words_for_the_same_are_nothing_material(before, after):
    assert material_between(before, after) == ()


def test_letters_that_were_mended_are_a_typing_error_and_another_word_is_none():
    assert is_typo("The goverment was rihgt.", "The government was right.")
    assert not is_typo("Large crowds came.", "Enormous crowds came.")
    assert not is_typo("Lind came to the fair with Petra.", "Lind came to the fair with Petro.")


def test_a_name_that_begins_a_sentence_is_known_by_the_rest_of_the_text():
    usage = Usage(("Nobody saw Smith or Jones that day, and large crowds came.",))

    assert material_between("Smith resigned.", "Jones resigned.", usage) == (NAME,)
    assert material_between("Large crowds came.", "Big crowds came.", usage) == ()
    assert material_between("Smith resigned.", "Jones resigned.") == ()


def test_a_sentence_of_one_side_has_the_kinds_of_its_words():
    assert material_between(None, "The keeper, Maya Lind, may not come before 9.") == (
        N, NEG, MOD, NAME,
    )  # fmt: skip
    assert material_between("The weather was fine.", None) == ()


@given(st.text(max_size=120), st.text(max_size=120))
def test_no_text_stops_it(before, after):
    assert material_between(before, before) == ()
    assert set(material_between(before, after)) <= set(Material)
    assert is_typo(before, after) in (True, False)


def test_a_turkish_verb_holds_its_own_not():
    said = "Başkan, hattın yolcu taşıyacağını ve ışıkların yanacağını söyledi."

    assert Material.NEGATION in material_between(said, said.replace("taşıy", "taşımay"))
    assert Material.NEGATION not in material_between(said, said.replace("ışıkların", "ışığın"))


def test_names_before_more_offices_and_with_a_dot_between_their_parts():
    for before, after in (
        ("엘렌 브란트 시장은 말했다.", "엘렌 크라우제 시장은 말했다."),
        ("エレン・ブラント市長は述べた。", "エレン・クラウゼ市長は述べた。"),
        ("市长艾伦·布兰特说,该线路将运送乘客。", "市长艾伦·克劳泽说,该线路将运送乘客。"),
    ):
        assert Material.NAME in material_between(before, after), before
