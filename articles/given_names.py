"""Given names that are common where the reader's languages are spoken: what tells a person from a section or a place.

Names that are words, places or firms as often (`Austin`, `Grace`, `Paris`, `Will`) are left out.
"""

from __future__ import annotations

import unicodedata
from typing import Final

_NAMES: Final = """
aaron abby abdul abigail abraham adam adele adrian adriana adriano adrien agata agathe agnes agnese agnieszka
ahmad ahmed aidan aileen aimee ainhoa aisha aitor ajay akash akira alain alan alana alasdair albert alberto
aldo alec alejandra alejandro aleksander aleksandra alena alessandra alessandro alessio alex alexander
alexandra alexandre alexis alfonso alfred alfredo ali alice alicia alicja alina alison allan allen allison
alma alvaro alyssa amaia amanda amandine amelia amelie amina amir amit amy ana anastasia anders andre andrea
andreas andree andrei andres andrew andrey andrzej andy anette angel angela angelica angelika angelo anil
anita anja anjali anke ann anna annabel anne annegret anneke anneliese annemarie annette annie annika ansgar
anthony antje antoine anton antonia antonio anu anya aoife arild arjen arjun armin arnau arnaud arne arno
arnold arthur artur arturo ashley ashok asmaa astrid aubrey audrey august augusto aurelie aurelien axel ayesha
aymeric barbara bart bartosz basil bastian beata beate beatrice beatriz ben bence benedetta benedict benedikt
benjamin benoit bernard bernardo bernd bernhard bert bertrand beth bettina betty bianca bill birgit birgitta
bjarne bjorn bob bogdan boris bozena brad bram brandon brenda brendan brent brett brian bridget brigitte
britta bronwyn bruce bruno bryan byron caitlin callum camila camilla camille candice carina carine carl carla
carlo carlos carmen carol carola carole carolin carolina caroline carsten caspar cassidy catalina caterina
catherine cathy catriona cecile cecilia cedric celia celine cesar chantal charles charlie charlotte chiara
chloe chris christa christel christelle christian christiane christin christina christine christof christoffer
christoph christophe christopher ciara cindy claas claire clara clarissa claude claudia claudio claus clemens
clement cliff clive colin colleen connor conny conor constance cora corinna corinne cornelia cornelius cory
courtney craig cristian cristiano cristina cynthia cyril dag dagmar damian damien damon dan daniel daniela
daniele daniella danielle danilo danny daria dariusz darren dave david davide deborah debra delphine denis
denise dennis derek desiree detlef dev devin diana diane dick diego dieter dietmar dimitri dirk dominic
dominik dominika dominique don donald donna doreen doris dorota dorothea dorothee doug douglas duncan dylan
eberhard eckart eckhard ed eddie edgar edith edmund eduard eduardo edward edwin egon eileen einar elaine
eleanor elena eleonora elias elijah elin elisa elisabeth elise elizabeth elke ella ellen elliot elmar elodie
eloise els elsa elvira elzbieta emanuel emanuela emil emilia emilie emilio emily emma emmanuel emmanuelle
enrico enrique eoin eric erica erich erik erika erin ernest ernesto ernst erwan erwin esmee esteban estelle
esther ethan euan eugen eugene eugenia eva evan evelien evelyn ewa ewan ewelina fabian fabien fabienne fabio
fabrice fabrizio fatima federica federico felicia felicitas felipe felix ferdinand fergus fernanda fernando
filip filippo finn fiona flavia flavio flora florent florentin florian fran francesca francesco francine
francis francisca francisco franck francois francoise frank franz franziska fred freddy frederic frederik
frederike fredrik friederike friedhelm friedrich fritz gabriel gabriela gabriele gabriella gabrielle gael
gaelle gareth gary gaspard gavin geert geir gemma geoff geoffrey georg george georges gerald geraldine gerard
gerardo gerd gerhard german gernot gerrit gertrud giacomo gian gianluca gianni gilbert gilles gina giorgia
giorgio giovanna giovanni gisela giulia giuliano giulio giuseppe gloria gonzalo gordon graham grazia graziella
greg gregg gregor gregory greta grzegorz gudrun guido guillaume guillermo gunnar gunter gunther gustav gustavo
guus guy halina hamish hanna hannah hanne hannes hanno hans harald harriet harry hartmut hasan hassan heather
hector hedwig heidi heike heiko heiner heinrich heinz hela helen helena helene helga helge helmut hendrik henk
henning henri henriette henrik henrike henry herbert heribert hermann herve hilary hilde hildegard holger
horst howard hubert hugo hugues humberto husein hussein huw ian ibrahim ida ignacio igor iker ilaria ilja ilka
ilona ilse imke imogen imran ina ines inga inge ingeborg ingo ingrid ingvild inigo ioana ira irena irene irina
iris irma isaac isabel isabela isabell isabella isabelle itziar ivan ivana ivo ivonne iwona izabela jack
jackie jacob jacobo jacqueline jacques jaime jakob jakub james jamie jan jana jane janet janina janine janis
janna jannik janusz jared jarek jaroslaw jasmin jason javier jay jean jeanette jeanine jeanne jeff jeffrey
jemima jenna jennifer jenny jens jeremie jeremy jerome jerry jerzy jesper jess jesse jessica jesus jill jim
jimena jimmy jo joachim joan joana joanna joao joaquim joaquin jochen jodi jody joe joel joelle joerg johan
johann johanna johannes john johnny jolanda jolanta jon jonas jonathan joost jordi jorg jorge joris jos jose
josef josefin joseph josephine josh joshua josie joyce juan juanita judith judy juergen jule jules julia
julian juliana juliane julie julien juliet juliette julio julius jurgen justin justine justyna jutta kai kaja
kamil kamila kara karel karen karim karin karina karl karla karlheinz karol karolina karoline karsten kasper
katarina katarzyna kate katerina katharina katharine katherine kathleen kathrin kathryn kathy katia katie
katja katrin katrina katya kayla kazimierz keir keith kelly kenneth kerstin kevin khaled kieran kim kimberly
kinga kirsten kirstin kirsty kjell klaas klara klaus knut konrad konstantin konstanze krista kristen kristian
kristin kristina kristine kristof krystyna krzysztof kurt kyle laetitia laia lara larissa larry lars laszlo
laura laure lauren laurence laurent laurie lea leah leandro lech leila len lena leni lennart leo leon leona
leonard leonardo leonhard leonie leopold leslie leszek leticia levi liam lidia lieke liesbeth lieve lilian
liliana lilly lily lina linda lindsay lindsey linus lionel lisa lisbeth lise liz liza lizzie lorenz lorenzo
loreto lothar lotte lou louis louise lourdes luana luc luca lucas lucia luciana luciano lucie lucien lucile
lucy ludger ludovic ludwig luigi luis luisa luise luiz lukas lukasz luke lutz lydia lynn maaike maarten maciej
maddie madeleine madison mads magali magda magdalena maggie magnus mahmoud maia maike maja malgorzata malin
malte mandy manfred manon manuel manuela marc marcel marcela marcelo marcin marco marcos marcus marek margaret
margarete margarita margaux margit margot margrit marguerite maria mariam marian mariana marianne mariano
marie marieke marijke marilyn marina mario marion marisa marisol marit marius marjolein marjorie mark marko
markus marlene marlies marta martha martin martina martine marvin mary maryam marzena massimo mateo mateusz
mathias mathieu mathilda mathilde matias matt matteo matthew matthias matthieu maud maureen maurice mauricio
maurizio mauro maxim maxime maximilian megan meghan mehdi mehmet meike mel melanie melina melinda melissa
mercedes merle mette mia micha michael michaela michal michel michele micheline michelle mick miguel mihai
mikael mike mikhail milan milena milos mina miranda mireia mireille miriam mirjam mirko miroslav mitch mohamed
mohammad mohammed moira molly mona monica monika monique montserrat morag moritz morten mostafa muhammad murat
myriam myrthe nadia nadine nadja nancy naomi natacha natalia natalie natascha natasha nate nathalie nathan
nathaniel neil nele nelly nestor niamh nicholas nick nico nicola nicolas nicole nicoletta niels nigel nikki
niklas nikola nikolai nikolas nikolaus nils nina noel noemi nora norbert norma norman nuno nuria odile olaf
ole oleg olga oliver olivia olivier oriol oscar oskar osman oswald othmar otmar otto owain owen pablo padraig
palle pam pamela paola paolo pascal pascale patricia patricio patrick patrik patrizia patrycja pau paul paula
paulina pauline paulo pavel pawel pedro peer peggy penelope penny per perrine pete peter petra phil philip
philipp philippa philippe phillip phoebe pia pier pierce piero pierre pieter pietro pilar piotr polly prakash
prisca priya priyanka przemyslaw quentin rachel radoslaw rafael rafaela rafal raffaele raffaella rahul raimund
rainer raj rajesh ralf ralph ramon randy raoul raphael raquel rasmus raul ravi raymond rebecca regina reginald
regine regis reiner reinhard reinhold remco remi remy renata renate renato rene renee reto rhonda rhys ricarda
ricardo riccardo richard rick rita rob robbie robert roberta roberto robin rocio rod rodney rodolfo rodrigo
roel roger rohan rohit roland rolf romain roman ron ronald ronja ronny rory rosa rosalie rosario rosemarie
rosemary rosie ross roswitha roy ruben rudi rudolf rui ruth ruud ryan ryszard sabina sabine sabrina sally
salma salvador salvatore sam samantha samir samira samuel sandra sandrine sandro sanjay sanne santiago saoirse
sara sarah sascha sasha saskia scott sean sebastian sebastien sergei sergey sergio severin shane shannon
sharon shaun shauna sheila shelly shirley sian siegfried sigrid silke silvana silvia silvie silvio simon
simona simone sinead siobhan slawomir sofia sofie solene solveig sonia sonja sophia sophie soren stacey stacy
stan stanislaw stef stefan stefania stefanie stefano steffen steffi steinar stella sten stephan stephane
stephanie stephen steve steven stig stuart sue sunil susan susana susann susanna susanne suzanne sven svenja
svetlana sylvain sylvia sylvie sylwia tadeusz tamara tania tanja tanya tara tatiana tatjana ted terence teresa
terri terry thea theo theodor theresa therese thiago thibault thierry thijs thilo thomas thorben thorsten
tiago tilman tilo tim timo timothy tina tobias toby todd tom tomas tomasz tommaso tommy toni tonje tony tor
torben tore torsten tracey tracy trevor tristan trond troy tyler udo ugo ulf uli ulla ulrich ulrike umberto
unai urs ursula urszula ute uwe valentin valentina valeria valerie vanessa vera verena veronica veronika
veronique vicente vicki vicky victor viktor viktoria vincent vincenzo viola violaine vittoria vittorio vivian
viviane vivien vladimir volker volkmar waldemar walter waltraud wanda wendy werner wesley wieland wiktor
wilfried wilhelm willem william willy wim winfried wladyslaw wojciech wolf wolfgang wolfram xabier xavier yael
yann yannick yasmin yasmine yolanda youval yuki yuri yusuf yves yvonne zbigniew zoe zofia zuzanna
"""


def _plain(word: str) -> str:
    bare = unicodedata.normalize("NFKD", word.casefold().replace("ł", "l").replace("ø", "o"))
    return "".join(character for character in bare if character.isalpha() or character == "-")


_KNOWN: Final = frozenset(_NAMES.split())


def is_given_name(word: str) -> bool:
    """Whether a word is a given name, marks and case aside; of `Hans-Peter` the first part counts."""
    return _plain(word).partition("-")[0] in _KNOWN
