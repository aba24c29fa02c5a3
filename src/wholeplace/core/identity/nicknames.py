"""Short forms and spellings of first names that stand for one another.

Typed for this program from common British use. Each name stands in one line only, so a line
is wide: `alex` is Alexander's and Alexandra's. That two records meet is all that it decides;
sex, date and address then tell them apart.
"""

from __future__ import annotations

from types import MappingProxyType

_LINES = """
mohammed mohammad muhammad mohamed mohamad muhammed muhamad mohamud mohammod muhammod md mohd mo
ahmed ahmad ahmet
ali aly
abdul abdel abdal
hussain hussein husain hossain hossein husayn
hasan hassan hasaan
yusuf yousuf yousef yousaf yusef youssef yosef
ibrahim ebrahim ibraheem
ismail ismael ishmael ismaeel
omar umar umer omer
usman uthman osman othman
aisha ayesha aysha aishah aaisha ayisha
fatima fatimah fatema fathima faatimah
khadija khadijah khadeeja
maryam mariam miriam meryem
zainab zaynab zeinab zaineb
amina aminah ameena aamina
hafsa hafsah
safiya safiyyah safia sofiya
zahra zara zahraa zarah
imran emran
tariq tarik tareq
khalid khaled
bilal belal
salim saleem selim
karim kareem
rashid rasheed
jamal jamaal
nasir naser nasser
samir sameer
sara sarah saarah
william will bill billy willy wills liam
robert rob bob bobby robbie bert robin
richard rick ricky dick richie rich
james jim jimmy jamie jem
john jack johnny jon jonny johnnie
jonathan jonathon johnathan jonothan
michael mike mick micky mickey mikey micheal
david dave davey davy
stephen steve steven stevie stephan
thomas tom tommy thom tomas
christopher chris kit topher kristopher christine christina chrissie tina kristina christian
daniel dan danny danielle dani
matthew matt mathew matty
andrew andy drew andre andrea
anthony tony antony anton ant antonio
joseph joe joey jo josef joanne joanna joann
josephine josie
charles charlie chas chuck charley charlotte lottie lotte
edward ted teddy ed eddie ned eddy edwin
george georgie geo georgina georgia
henry harry hal harrison
alexander alex alexandra sandy sasha alec al alexis lexi alistair alasdair
benjamin ben benny benji
samuel sam sammy samantha
nicholas nick nicky nicolas nico nicola nikki nicole nicky
peter pete
philip phil phillip pip philippa pippa
paul paulie
patrick pat paddy patricia trish tricia patsy
raymond ray
ronald ron ronnie
donald don donnie
kenneth ken kenny
terence terry terrence teresa theresa tess tessa
gerald gerry jerry gerard geraldine
geoffrey geoff jeff jeffrey
frederick fred freddie freddy frederic alfred alfie alf winifred winnie freda
francis frank frankie frances fran francesca franklin
leonard len lenny leo
lawrence larry laurence laurie lawrie
douglas doug dougie
gregory greg gregg
timothy tim timmy
simon si
ian iain
graham graeme grahame
stuart stewart stu
alan allan allen
brian bryan
derek derrick
sean shaun shawn
jeremy jez
oliver olly ollie olivia liv livvy
zachary zach zac zak zack
joshua josh
jacob jake
nathan nathaniel nat nate
dominic dom
maximilian max maxwell
toby tobias
louis lewis louie luis lou
theodore theo
gabriel gabe gabriella gabby gabrielle
victor vic victoria vicky vicki tori
elizabeth liz lizzie beth betty eliza libby elisabeth bess lisa liza betsy
margaret maggie peggy meg marge madge greta mags margie
katherine kate kathy catherine katie cathy kathryn katy kay kat catharine kath kitty katharine
mary maria marie molly polly mae may
ann anne anna annie nan annabel annabelle
susan sue susie suzanne susannah suzie susanna
jennifer jenny jen jenni
jessica jess jessie
rebecca becky becca bex
deborah debbie debra deb
barbara babs barb
dorothy dot dottie dolly
eleanor ellie nell nellie eleanora elinor ella ellen helen nora lena
emily em emmy
emma emmie
isabella bella isabel izzy isobel isabelle issy
amanda mandy
jacqueline jackie jacky jacqui
julie julia jules juliet
linda lynda lyn lynn lynne
sandra sandie
pamela pam
valerie val
gillian gill jill
janet jan jane janice jayne
jean jeanette jeannie
caroline carol carrie carolyn carole
angela angie ange
sylvia sylvie silvia
kimberley kim kimberly
abigail abby gail abbie
millicent millie camilla milly mildred emilia amelia amelie
madeleine maddie madeline
natalie nat natasha tasha nataliya
stephanie steph steffi
veronica ronnie vera
vanessa nessa
rosemary rose rosie rosa
imogen immy
tabitha tabby
harriet hattie harriett
beatrice bea trixie beatrix
florence flo florrie
constance connie
penelope penny
lucy lucille lucie lucinda
leah lea
michelle shelly michele shell
tracey tracy traci
hannah hanna
sophie sophia sofia sofie
phoebe phebe
chloe khloe
evelyn eve evie eva
gwendoline gwen gwendolen
bridget biddy brigid
kathleen kath kathy
maureen mo
norman norm
reginald reg reggie
sidney sid sydney
stanley stan
walter wally walt
wilfred wilf
ernest ernie
arthur artie art
albert bertie
cyril cy
harold harry
herbert herb
hugh huw hughie
piotr peter
tomasz tomek
krzysztof krzys
katarzyna kasia
malgorzata gosia
aleksandra ola
agnieszka aga
pawel paul
jan jon
michal michael
mateusz matt
jakub kuba
gurpreet gurprit
harpreet harprit
manpreet manprit
kuldip kuldeep
jagdip jagdeep
hardip hardeep
sandip sandeep
kamaljit kamaljeet
surjit surjeet
baljit baljeet
daljit daljeet
amarjit amarjeet
paramjit paramjeet
charanjit charanjeet
manjit manjeet
nasreen nasrin
yasmin yasmeen jasmin jasmine yasmine
parveen parvin
shahid shaheed
nadeem nadim
naeem naim
waseem wasim
aslam aslem
iqbal eqbal
rehman rahman rehmaan
shabana shabanah
rukhsana ruksana
tahir taher
zafar zaffar
oluwaseun seun
oluwatobi tobi
chukwuemeka emeka
"""


def _table() -> dict[str, str]:
    """Name → the first of its line. A name met twice belongs to the line it was first in."""
    found: dict[str, str] = {}
    for line in _LINES.split("\n"):
        names = line.split()
        for name in names:
            found.setdefault(name, found.get(names[0], names[0]))
    return found


CANONICAL = MappingProxyType(_table())
"""Folded first name → the one name that stands for its line."""


def canonical(name: str) -> str:
    """The name that stands for a folded first name and its variants; itself where none is known.

    >>> canonical("bobby")
    'robert'
    """
    return CANONICAL.get(name, name)
