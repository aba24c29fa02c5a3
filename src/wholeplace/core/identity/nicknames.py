"""Short forms and spellings of first names that stand for one another.

Typed for this program from common British use. Each name stands in one line only, so a line
is wide: `alex` is Alexander's and Alexandra's. That two records meet is all that it decides;
sex, date and address then tell them apart.
"""

from __future__ import annotations

from types import MappingProxyType

_LINES = """
mohammed mohammad muhammad mohamed mohamad muhammed muhamad mohamud mohammod muhammod md mohd \
mo mahomed mohamet mehmet mehmed mohummed mohummad muhummad mohamoud muhd mhd maxamed \
muhamed muhammet mohemmed mohammid mohmed mohmmed mahammed
ahmed ahmad ahmet axmed achmed ahmedd ehmed
ali aly cali alee
abdul abdel abdal abdool abd
hussain hussein husain hossain hossein husayn huseyin hosain hussien xuseen hossen hussan
hasan hassan hasaan xasan hassaan hassen
yusuf yousuf yousef yousaf yusef youssef yosef yousif yusif yuusuf yousseff
ibrahim ebrahim ibraheem abraham abe ibraahim
ismail ismael ishmael ismaeel esmail ismaaciil ismayil
omar umar umer omer cumar oumar ummar
usman uthman osman othman usmaan cusmaan osmaan
aisha ayesha aysha aishah aaisha ayisha aicha caasha asha ayshah
fatima fatimah fatema fathima faatimah fatuma fadumo faduma fatimata fatoumata fatemeh fatma
khadija khadijah khadeeja xadiija kadija hatice khadeejah
maryam mariam miriam meryem maryum miryam maryan
zainab zaynab zeinab zaineb zaynap sainab zenab
amina aminah ameena aamina aamna aminata
hafsa hafsah
safiya safiyyah safia sofiya
imran emran imraan
tariq tarik tareq taariq
khalid khaled khaalid khalyd
bilal belal bilaal
salim saleem selim
karim kareem kerim
rashid rasheed
jamal jamaal
nasir naser nasser nassir naasir
samir sameer
sara sarah saarah
william will bill billy willy wills liam
robert rob bob bobby robbie bert robin
richard rick ricky dick richie rich
james jim jimmy jamie jem
john jack johnny ioan ion sean shaun shawn shane eoin owen johan jon jonny johnnie
jonathan jonathon johnathan jonothan
michael mike mick micky mickey mikey micheal michal mihai mikhail michail
david dave davey davy
stephen steve steven stevie stephan
thomas tom tommy thom tomas tomasz tomek
christopher chris kit kristopher christine christina chrissie tina christian krzysztof krzys \
cristina kristina
daniel dan danny danielle dani
matthew matt mathew matty mateusz matthias mateo
andrew andy drew andre andrea andrzej andrei
anthony tony antony anton ant antonio
joseph joe joey jo josef joanne joanna joann jozef josephine josie asia joan joana
charles charlie chas chuck charley charlotte lottie lotte
edward ted teddy ed eddie ned eddy edwin
george georgie geo jerzy georgina georgia gheorghe
henry harry hal harrison
alexander alex alexandra aleksandra aleksander ola sandy sasha alec al alexis lexi alistair alasdair
benjamin ben benny benji
samuel sam sammy samantha
nicholas nick nicky nicolas nico nicola nikki nicole
peter pete piotr petr pedro
philip phil phillip pip philippa pippa
paul paulie pawel pavel pavol
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
jeremy jez
oliver olly ollie olivia liv livvy
zachary zach zac zak zack
joshua josh
jacob jake jakub kuba
nathan nathaniel nat nate
dominic dom
maximilian max maxwell
toby tobias
louis lewis louie luis lou
theodore theo
gabriel gabe gabriella gabby gabrielle
victor vic victoria vicky vicki tori
elizabeth liz lizzie elzbieta ela beth betty eliza libby elisabeth bess lisa liza betsy
margaret maggie malgorzata gosia magda magdalena peggy meg marge madge greta mags margie
katherine kate kathy kathleen katarzyna kasia catherine katie cathy kathryn katy kay kat kath kitty
mary maria marie molly polly mae may
ann anne anna annie nan annabel annabelle hannah hanna hania ania ana
susan sue susie zuzanna suzanne susannah suzie susanna
jennifer jenny jen jenni
jessica jess jessie
rebecca becky becca bex
deborah debbie debra deb
barbara babs barb
dorothy dot dottie dolly
eleanor ellie nell nellie eleanora elinor ella ellen helen nora lena
emily em emmy
emma emmie
isabella bella isabel izzy isla isobel isabelle issy
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
abigail abby gail abbie abi
millicent millie camilla milly mildred emilia amelia amelie
madeleine maddie madeline maddy madison
natalie natasha tasha nataliya
stephanie steph steffi
veronica vera
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
michelle shelly shelley michele shell
tracey tracy traci
sophie sophia sofia sofie
phoebe phebe
chloe khloe
evelyn eve evie eva
gwendoline gwen gwendolen
bridget biddy brigid
norman norm
reginald reg reggie
stanley stan stanislaw staszek
walter wally walt
wilfred wilf
ernest ernie
arthur artie art
albert bertie
cyril cy
herbert herb
hugh huw hughie
gurpreet gurprit gurp gurpreeth
harpreet harprit harps
manpreet manprit mani
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
rukhsana ruksana rukhsaana roksana
tahir taher
zafar zaffar
oluwaseun seun
oluwatobi tobi
chukwuemeka emeka
chinedu nedu chidi
yetunde yetty yemi
oluwafemi femi
olumide olu
adebayo bayo
ngozi ngo
ifeanyi ify
niamh neve neave nieve niav
sinead shinade sineade shinead
siobhan shivaun shevaun chevonne shavon shivonne chavonne siobhain siubhan shevon
aoife eefa ifa efa
caoimhe keeva kiva queeva
ciara keira kira kiera
caitlin kaitlin katelyn caitlyn kaitlyn
maeve mave
eamon eamonn eamonne
conor connor conner con
callum calum cal
declan dec
bernadette bernie bernard bernice
desmond des dezzy
darren daz dazza
gary garry gaz
barry baz
karen kaz
sharon shaz
clive cliff clifford
archibald archie archy
leon leonardo
thea dorothea dorota
gemma jemma
simran simrun simi simmi
jaspreet jas jaz
khadra khadro
yvonne evonne
marc mark marcus markus
eric erik
carl karl
philippe filip
saima sayma
selma salma salmah
wojciech wojtek
lukasz luke lucas luca
marcin martin marty
adrian ade
agnes agnieszka aga
ewa ewelina evelina
svetlana lana
dmitri dima
yusra yousra
noor nur noora
hamza hamzah
zayn zain zane zayan
ayaan ayan
idris idrees
taylor tay
jordan jord
cameron cam
aidan aiden ayden
jayden jaden jaydon
kian kyan
reece rhys reese
ryan rian
elliot elliott eliot
dylan dillon
layla leila laila lyla
hollie holly
lily lilly lillie lilian lillian
ruby rubie
abdullah abdulla abdallah abdalla abdillah cabdullahi abdullahi
abdirahman abdurrahman abdurahman abdulrahman abdelrahman abdurehman abdulrehman cabdiraxmaan
abdi abdy cabdi
zakariya zakaria zakariyya zakariyah zackaria zakariyaa
haroon harun haroun haaroon
mustafa mustapha mostafa mostapha mustafah
mahmood mahmud mahmoud mehmood mahamud
saeed said saed sayeed saied syeed
sajid sajjid saajid
javed javaid javid jawed jawaid
saif sayf seif
shafiq shafique shafeeq shafik
habib habeeb
hamid hameed hamed
yaqub yaqoob yacoub yaqoub yakub yakoub
younis yunus younus yunis younas yonis
anwar anwer enver
zahid zaheed zaahid
zahra zara zahrah sahra zaara zehra
sadia saadia sadiya
farooq faruk faruq farouk farukh
faisal faysal foysal feisal
rizwan ridwan riduan redwan
zubair zubeir zubayr jubayer jubair
naseem nasim nassim
razia raziya raziyah
begum begom
khatun khatoon
chaudhry choudhury chowdhury chaudhary choudhry chowdhry choudhary chaudry chowdhary chaudhari
sheikh shaikh shaik sheik shaykh
qureshi quraishi kureshi
malik malick maleek
miah mia miyah miya
singh sing
kulwinder kulvinder
sukhwinder sukhvinder
balwinder balvinder
jaswinder jasvinder
parminder parvinder
davinder devinder
harjinder harjindar
gurvinder gurwinder
lakhbir lakhvir
gurdeep gurdip
pardeep pradeep pardip
rajinder rajender rajindar
surinder surender surindar
narinder narender narindar
jatinder jitender jatindar
sukhdev sukhdeo
satwinder satvinder
ranjit ranjeet
gurmit gurmeet
harjit harjeet
lakshmi laxmi
vijay vijai bijay
sunil suneel
meera mira
pooja puja
aarti arti
deepak dipak
deepa dipa
andreea andra
ioana oana
mihaela michaela mihaella
stefan stephane szczepan
grzegorz gregor
monika monica
natalia natalya nataly
nimco nimo nimca
xaawo hawo hawa hawwa
faarax farah
babatunde tunde
oluwaseyi seyi
oluwakemi kemi
funmilayo funmi
temitope temi tope
olayinka yinka
segun olusegun
roisin rosheen
deirdre dierdre derdre
saoirse seersha sorcha
grainne granya grania
oisin osheen usheen
padraig paudraig podge padraic
cathal cahal
tadhg tadgh teague
diarmuid dermot diarmaid
orla orlagh orlaith
fionnuala finola nuala
bronagh bronach
eilidh ailey
mairead maraid
hamish seamus shamus
"""


def _table() -> dict[str, str]:
    """Name → the first of its line."""
    lines = [line.split() for line in _LINES.split("\n") if line]
    return {name: names[0] for names in lines for name in names}


CANONICAL = MappingProxyType(_table())
"""Folded first name → the one name that stands for its line."""


def canonical(name: str) -> str:
    """The name that stands for a folded first name and its variants; itself where none is known.

    >>> canonical("bobby")
    'robert'
    """
    return CANONICAL.get(name, name)
