"""Words that texts of a language share whatever they are about; they tell no page from another."""

from __future__ import annotations

_LISTED = """
    the of and to in a is it that for on as with was were are be been by at from or this an not but
    have has had he she they we you i his her their its which who will would there what when if so
    said about after more than also all one can no into out up s t
    der die das und in den von zu mit sich des auf für ist im dem nicht ein eine als auch es an er
    hat aus bei sie nach wird sind dass war einer einem einen wie oder um haben am zum zur noch
    de la le les et des en un une du que est pour qui dans a par plus pas au sur ne se ce il sont
    avec son elle aux d l qu n y ont été cette ses
    el los las y del se con por una su para es al lo como más o pero sus le ha me si sin sobre este
    o os as e da do em um uma com não por mais dos na no que foi ao das se à ele tem sua ou ser
    il di che è la per una del non con i della si da sono le alla nel ha anche dei più come al gli
    het een van en dat is op te zijn voor met niet aan er om ook als maar bij dan nog werd uit door
    och att det som en på är av för med till den har de inte om ett han men var jag sig från vi
    og at det som en på er av for med til den har de ikke om et han men var jeg seg fra vi ble
    ja on ei että se oli hän joka mutta myös ovat kun niin sen tai
    i w z na się nie do to że jest o jak po za od ale tym przez są dla co było ma
    a v se na je že s z do o to by i jako za ve po byl pro jsou které která
    és a az hogy nem is egy van meg ez de volt el csak még mint
    și în de la a cu pe că nu este din un o care mai pentru au fost
    bir ve bu da de için ile olarak olan çok en daha ne o gibi kadar sonra var
    и в не на что он с как это по но из у за от о к до же так бы для было все был его она они
    і в не на що з як це та до за від по але у для про був він вона
    και το να του η της με που την από για είναι στο ο τα οι δεν σε στην των ένα θα
    في من على أن إلى عن التي الذي هذا هذه مع كان ما لا هو و قال بعد كما وقد إن كل بين
    את של על לא הוא היא זה כי עם אל או גם אבל מה היה אני הם
    و در به از که این را با است برای آن یک خود تا بر شد هم
    के है में की को से का और पर यह हैं ने कि एक भी था नहीं इस तो हो कर ही
    và của là có cho được không trong với các những một để đã khi này người
    yang dan di ke dari untuk dengan ini itu pada adalah dalam tidak akan juga oleh
    은 는 이 가 을 를 에 의 와 과 도 에서 있다 했다 그 수 등 것
"""
STOPWORDS = frozenset(_LISTED.split())
