"""Postal addresses as many countries write them: street and number, postcode and town, post boxes. A town alone stays."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from itertools import takewhile

from candor.transcripts.lexicon import ORDINARY, PLACE, lexicon
from candor.transcripts.patterns import any_case, word_set
from candor.transcripts.recognizers.people import KEPT
from candor.transcripts.recognizers.words import folded, words_in
from candor.transcripts.spans import Claims

MOST_PARTS = 8  # of an address: flat, floor, postcode, town, state, country
_NO = r"(?:(?:no|nr|n[°º]|№|num|número)[.:]?\s?)?\d{1,5}(?:\s?[-/]\s?\d{1,4})?(?:\s?[a-zA-Z]\b)?(?:[/-]\d{1,4})?"
STRONG = (
    "prospekt|street|st|road|rd|avenue|ave|lane|boulevard|blvd|crescent|terrace|str|parkway|pkwy|highway|hwy|freeway|expressway"
    "|turnpike|mews|esplanade|alley|marg|nagar|salai|chowk|colony|layout|sarani|vihar|enclave|bypass"
)
WEAK = (
    "drive|dr|court|ct|close|cl|way|place|pl|square|sq|gardens?|gdns|grove|gr|hill|row|walk|park|rise|circle|cir"
    "|trail|trl|loop|view|quay|wharf|green|common|drift|point|ridge|run|path|pass|crossing|vale|bend|cove|heights|plaza"
    "|pike|broadway|cross|main|block|phase"
    "|gate|mount|pde|tce|hwy|chase|fields?|meadows?|parade|promenade|circus|yard|orchard|cottages?|manor|villas|end|bank|house"
    "|lodge"
)
# What the postal services of the USA, of Britain and of Australia deliver to besides; most of them are said of other things too.
RARE = (
    "springs?|knolls?|lakes?|greens|fort|ports?|pines?|mountains?|keys?|estates?|mall|valleys?|ramp|underpass|neck|prairie|wells"
    "|walks|vista|roads|parkways|fords?|falls|ferry|flats?|forest|forge|forks?|glens?|groves|harbou?r|haven|hills|hollow|inlet"
    "|islands?|isle|junction|landing|lights?|locks?|mills?|mission|overpass|plains?|points|ridges|river|shoals?|shores?|skyway"
    "|spurs?|station|stream|streets|summit|throughway|trace|track|tunnel|turnpike|unions?|viaduct|villages?|ville|bluffs?|bottom"
    "|branch|bridge|brooks?|burgs?|camp|canyon|cape|causeway|centers?|centre|cliffs?|club|corners?|courts|creek|crest|curve|dale"
    "|dam|divide|drives|extension|strand|hurst|copse|croft|mead|moor|spinney|wynd|loan|brae|wood|woods|reach|approach"
)
_W = r"[^\W\d_][\w'’.-]{0,30}"
# 12 High Street; 1600 Pennsylvania Ave NW; 221b Baker Street
NUMBER_FIRST = any_case(
    rf"(?<![\w.,/-])(?P<no>(?:(?:flat|unit|apt|suite|plot|house|no"
    rf"|door)\.?\s?(?:no\.?\s?)?[\w/-]{{1,6}}[,\s]{{1,2}})?\d{{1,5}}(?:[-/]\d{{1,5}})?(?:\s?[a-zA-Z])?),?\s{{1,2}}(?P<name>(?:{_W}\s{{1,2}}){{1,4}}?)(?P<type>{STRONG}"
    rf"|{WEAK}|{RARE})\b\.?(?:\s(?:[NSEW]{{1,2}}|north|south|east|west)\b)?"
)
# 350 Fifth Avenue is above; 12 rue de Rivoli, 8 bis avenue Foch
NUMBER_AND_KIND = any_case(
    r"(?<![\w.,/-])\d{1,5}(?:\s?(?:bis|ter|[a-z]))?,?\s{1,2}(?:rue|avenue|av|bd|boulevard|all[ée]e?|chemin|impasse"
    r"|mont[ée]e|rang|côte|chaussée|cité|résidence|lotissement|sentier|ruelle|terrasse|esplanade|promenade"
    r"|place|quai|route|cours|passage|square|faubourg|jalan|jln|lorong|calle|via|rua|strada|triq|carrer|rechov|rehov|derech|sderot)\.?\s(?:(?:d[eu]s?|la|le"
    r"|les|l['’ ]"
    r"|d['’])\s?){0,3}[^\W\d_][\w'’-]{0,40}"
)
# Calle Mayor 5; Via Roma 12; ul. Marszałkowska 10/5; вул. Хрещатик 22; Rua Augusta, 500; Jl. Sudirman No. 5
KIND_FIRST = any_case(
    rf"(?<![\w.])(?:rue|calle|c/|avda|avenida|av|plaza|paseo|carrer|camino|carretera|via|viale|piazza|corso|vicolo"
    rf"|largo|rua|travessa|praça|praca|estrada|rodovia|ul|ulica|aleja|al|os|pl|str|strada|bulevardul|bd|bul|boulevard"
    rf"|vul|vulytsia|ulitsa|prospekt|jalan|jl|calea|"
    rf"вул|вулиця|улица|ул|проспект|просп|пр|бульвар|бул|пров|пл|площа|šv|odos|odós|οδός|cadde|caddesi|sokak|gang"
    rf"|lorong|soi|triq|straße|strasse)(?:\.\s{{0,2}}|\s{{1,2}}|(?<=/)\s?)(?:{_W}(?:,?\s{{1,2}}|,)){{1,5}}?(?:n\.?[°º]?\s?"
    rf"|no\.?\s?"
    rf"|nr\.?\s?"
    rf"|буд\.?\s?|д\.?\s?|dom\s)?\d{{1,5}}(?:\s?[-/]\s?\d{{1,4}})?[a-zA-Z]?\b"
)
# Hauptstraße 12; Keizersgracht 100; Storgatan 4; Mannerheimintie 5 A 12; Karl Johans gate 1; Istiklal Caddesi 12
SUFFIX = any_case(
    rf"(?P<suffix>stra(?:ß|ss)e|str\.|weg|gasse|platz|allee|ufer|damm|chaussee|gracht|straat|laan|plein|kade|dijk"
    rf"|singel|steeg|gatan|vägen|gränd"
    rf"|stigen|torget|veien|vegen|gata|gade|vænget|vej|allé|katu|tie|kuja|polku|aukio|utca|tér|útja|út|körút|köz|gate|rak|caddesi"
    rf"|ring|hof|steig|stieg|pfad|graben|dreef|lei|baan|pad|singel|tjernet|stranda|lunden|engen|haugen|gjerdet|bakken|svingen"
    rf"|plassen|åsen|kroken|stræde|plads|vænge|toften|backen|bulevardi|kaari|raitti|rinne|portti|ranta|nabrežje|prehod|bulvarı"
    rf"|ská|cká|ského|ckého|nábřeží|náměstí|námestie|ulice|ulica|trg|cesta|tänav|maantee|iela|gatvė|rruga"
    rf"|sokağı|sokak|dori|gil)"
    rf"\s{{0,2}},?\s?{_NO}(?:\s[a-z]\b)?(?:\s\d{{1,3}}\b)?"
)
# Ermou 76, Athens; Vinohradska 12/1511, Praha: a word that is no English, a number, and a town that the lexicon knows
BESIDE_TOWN = any_case(r"\d{1,4}(?:\s?/\s?\d{1,4})?(?:\s?[a-z]\b)?(?:,\s?|\n)(?=(?P<town>[^\W\d_]{3,30}))")
WORDS_BEFORE = re.compile(r"(?<![\w.'’-])[^\W\d_]{3,30}(?:[ -][^\W\d_]{3,30})? $")
# A floor or a door behind the number, as other languages write it: "III/2", "2. tv", "3º izq", "lgh 1203", "sc. B"
FLOOR = re.compile(
    r"\s(?:bis|ter|quater|bajos?(?:\s(?:izq|dcha|[a-d])[a-z]{0,8}\.?)?|[áa]tico)\b|\.?\s{0,2},?\s{0,2}(?:(?:[ivx]{1,4}"
    r"|\d{1,2})\.?\s?(?:em\.?|emelet)?\s?/\s?\d{1,3}\b"
    r"|\d{1,2}\.?\s(?:tv|th|mf|em|emelet|etg"
    r"|etage|og|stock"
    r"|patro|pietro|piętro)\b\.?|\d{1,2}\s?[º°ª]\.?\s?(?:izq|dcha|dta|esq|dto|dir|fte|[a-d]\b)[a-z]{0,8}\.?"
    r"|(?:lgh|daire|kat|blok|app|ap|kv|кв|lok|byt|tür|top|int|interior|edif|depto|puerta|esc|bl|ent|et|sc"
    r"|stg|m(?=\.))\b[.:]?\s?(?:\d{1,5}[a-z]?"
    r"|(?<=\.\s)[a-z])\b)",
    re.IGNORECASE,
)
# Andador Sur 246; Aleea Tania 5; Privada Norte 12; Đường 36: words that are streets only before a name with a capital
# Am Mühlbach 3, An der Alten Post 12: German streets that begin as a sentence goes on.
AT_THE = any_case(
    r"(?<!\w)(?<!\bi )(?<!\bi)(?:am|im|an de[rn]|auf de[rm]|in de[rn]|zu[mr]|unter den|hinter de[rm]|vor de[rm]|beim|bei der"
    r"|obere|untere"
    r"|alte|neue|große|kleine|lange|kurze|hohe)\s(?P<names>[^\W\d_][\w'’-]{2,30}(?:\s[^\W\d_][\w'’-]{2,30})?)\s(?!(?:19"
    r"|20)\d\d\b)"
    r"\d{1,3}\s?[a-z]?\b(?!\s?(?:[%€:]|uhr|abs|lit|satz|dsgvo|bdsg|tage|monate|jahre|wochen|stunden|personen|mal\b|gdpr))"
)
NO_STREETS = word_set(
    "artikel art absatz abs version kapitel abschnitt paragraph schritt punkt jahr monat woche teil anhang seite fall nummer"
    " ticket"
    " quartal semester tag ziffer stufe phase klasse zeile block bild tabelle frage antwort regel case office ticket section step"
)
# The Old Forge, Mill Lane: a house with a name in a street, where no number tells.
HOUSE = (
    r"(?:house|cottages?|villa|haus|hof|farm(?:house)?|lodge|forge|barn|mill|rectory|vicarage|manor|hall|towers?|apartments?"
    r"|residency"
    r"|residences?|building|mansions?|chalet|edif[íi]cio|residencial|condom[íi]nio|résidence|palazzo|cascina|quinta|finca|dacha"
    r"|stables|gables|nook|croft|grange|bungalow|studios?|wharf|yard|court|heights|arms|schoolhouse|chapel|parsonage|gatehouse)"
)
NAMED_HOUSE = any_case(
    rf"(?<![\w-])(?:(?:the\s)?(?:{_W}\s){{0,3}}{HOUSE}|{HOUSE}\s{_W}(?:\s{_W})?),\s(?:{_W}\s){{1,3}}(?:{STRONG}|{WEAK})\b"
)
# "I live on Baker Street": without a number, only behind a word that says whose it is.
LIVED_ON = any_case(
    rf"\b(?:(?:i|we|he|she|they)(?: now| still| also)? (?:live|lives|lived|stay|reside|moved)|living|lives|address is"
    rf"|(?:my|the|our|his|her) (?:house|flat|home|apartment|place)(?: is)?)"
    rf" (?:on|in|at|to)\s(?P<street>(?:the\s)?(?:{_W}\s){{1,3}}?(?:{STRONG}|mews|drive|close|crescent|terrace|gardens|grove"
    rf"|square))\b"
)
NO_ROADS = word_set("the a an this that my your our main same other wrong on off in of one dead long old new quiet busy")
_NAME = r"(?:[^\W\d_][\w'’.-]{0,30}(?:,?\s{1,2}|,))"
KIND_BEFORE_NAME = any_case(
    rf"(?<![\w.])(?:andador|prolongaci[óo]n|corredor|diagonal|privada|pasaje|passatge|cuesta|cañada|acceso|ronda|glorieta"
    rf"|traves[íi]a|callej[óo]n|urbanizaci[óo]n|urb|barrio|circuito|cerrada|calzada|rambla|c|alameda|campo|conjunto|chácara"
    rf"|trecho"
    rf"|morro|s[íi]tio|beco|ladeira|quadra|vila|r|canale|borgo|rotonda|contrada|salita|vico|lungomare|lungarno|frazione"
    rf"|località|stretto|[șşs]oseaua|[șşs]os|aleea|intrarea|splaiul|drumul|bulevardul|fundătura|gg|số|s[ốo] nhà|đường|phố|ngõ|hẻm"
    rf"|plac|osiedle|os|skwer|rondo|montée|rang|côte|cité|résidence|lotissement|sentier|ruelle|mont|chaussée|place|kampung|kg"
    rf"|taman|jln|persiaran|lrg)\.?\s{{1,2}}(?P<names>{_NAME}{{1,6}}?)(?:n\.?[°º]?\s?|no\.?\s?|nr\.?\s?|№\s?)?"
    rf"\d{{1,5}}(?:\s?[-/]\s?\d{{1,4}})?[a-z]?\b"
)
NUMBER_WORDS = word_set("no in an on to a do i")  # "Jl. Merdeka No. 9", "plac Żwirki i Wigury 3": no sentence yet
# Ružičnjak 81: a word with letters that English has not, and a number that is no year
BARE = re.compile(
    r"(?<![\w.'’-])(?:[A-ZÀ-ÞĀ-Ž][a-zß-ÿā-ɏ]{2,20} )?"
    r"(?=[A-Za-z]{0,20}[À-ɏ])(?P<street>[A-ZÀ-ÞĀ-Ž][a-zß-ÿā-ɏ]{3,25}) (?!(?:19|20)\d\d\b)"
    r"\d{1,4}(?:/\d{1,4})?[a-z]?\b(?!\s?[%€$.:-]\d|\s[a-z]{3,}en\b)"
)
# Gedimino pr. 9, Didžioji g. 12-3: Lithuanian; Ερμού 12, Αθήνα: Greek, with its town
SHORT_KIND = any_case(r"(?<![\w.])[^\W\d_]{3,25}(?: [^\W\d_]{3,25})? (?:g|pr|al|pl|skg|kel)\. ?\d{1,4}[a-z]?(?:[-/]\d{1,4})?\b")
_GREEK = "[Α-ΩΆ-Ώ][α-ωά-ώϊϋΐΰ]{2,25}"
GREEK = re.compile(rf"(?<!\w){_GREEK}(?: {_GREEK})? \d{{1,4}}[Α-Ωα-ω]?(?=, ?(?:\d{{3}} ?\d\d ?)?[Α-ΩΆ-Ώ])")
MONTHS = re.compile(
    r"f[ée]v|aoû|déc|únor|břez|květ|červ|čvc|zář|říj|wrześ|paźdz|stycze|grudzie|kwiecie|sierpie|ağus|şuba|mayı|eylü|kası|aralı"
    r"|januá|február|márc|ápri|máj|jún|júl|októ"
)
VIETNAMESE = any_case(
    r"(?<!\w)(?:số(?: nhà)?|đường(?: số)?|phố(?: số)?|ngõ|hẻm|khu|khóm)\s\d{1,5}(?:/\d{1,5}){0,3}"
    r"(?:,?\s(?:khu|khóm|phố|đường|ngõ|số|[^\W\d_]{2,10}|\d{1,4})){0,8}"
)
LONGEST_STREET = 40  # characters
# Calle 50 # 12-34; Cra. 7 No. 71-21, as Colombia writes them
GRID = any_case(
    r"(?<!\w)(?:av(?:enida)?\.?\s)?(?:calle|cll?|carrera|cra?|kr|avenida|av|diagonal|dg|transversal"
    r"|tv)\.?\s{0,2}\d{1,3}\s?[a-zª]?"
    r"(?:\s?bis)?\s{0,2}(?:#|n[o°º]\.?)\s{0,2}\d{1,3}\s?[a-z]?\s?[-–]\s?\d{1,3}\b(?:\s(?:sur|este|norte|oeste)\b)?"
)
LOT = any_case(r"(?<!\w)(?:block|blk|b)\.?\s?\d{1,3},?\s(?:lot|l)\.?\s?\d{1,3}\b(?:\s[^\W\d_]{3,20}){0,3}")  # the Philippines
# 東京都千代田区丸の内1-1-1; 北京市朝阳区建国路88号; 서울시 강남구 테헤란로 152
EAST_ASIAN = re.compile(
    r"[\u3040-\u30ff\u3400-\u9fff々]{2,30}[都道府県省市区區县縣町村路街丁目][\u3040-\u30ff\u3400-\u9fff々]{0,20}"
    r"[0-9０-９一二三四五六七八九十]{1,5}(?:[-－−ー号號番地の丁目弄室楼樓][0-9０-９]{0,5}){0,6}"
    r"(?:\s[\u30a0-\u30ff\u3400-\u9fff]{2,15}[0-9０-９]{1,4})?"
    r"|(?:[가-힣]{1,10}(?:시|도)?\s)?(?:[가-힣]{1,10}(?:시|구|군|읍|면|동)\s?){0,3}[가-힣0-9]{1,12}(?:로|길"
    r"|동)\s(?:\d{1,3}길\s)?\d{1,5}(?:-\d{1,4})?"
    r"(?!\d|\s?(?:년|월|일|개|명|번|시간|분|원|세|살|주))(?:,?\s\d{1,4}호)?(?:,?\s\d{5}\b)?"
)
# 15 شارع التحرير; רחוב הרצל 12; خیابان ولیعصر 8; ถนนสุขุมวิท 12; गांधी मार्ग 12: words for a street in their own script
_OWN = r"[\u0590-\u06ff\u0900-\u0e7f]"
OWN_SCRIPT = re.compile(
    rf"\d{{1,5}}،?\s(?:شارع|طريق|حي|خیابان|کوچه|רחוב|רח['׳]|שדרות)\s{_OWN}{{2,20}}(?:\s{_OWN}{{2,20}})?"
    rf"|(?:شارع|طريق|خیابان|کوچه|רחוב|רח['׳]|שדרות|ถนน|ซอย|मकान(?: नंबर| नं\.?)?"
    rf"|गली)\s?(?:{_OWN}{{2,20}}[\s,،]{{1,2}}){{0,3}}\d{{1,5}}"
    rf"|{_OWN}{{2,20}}\s(?:मार्ग|रोड|नगर)[\s,]{{1,2}}\d{{1,5}}"
)
# Cumhuriyet Mah. Lale Sok. No:12 D:4, as Turkey writes them: the quarter, the street, then house, floor and flat
TURKISH = any_case(
    rf"(?<![\w-])(?:{_W}\s){{1,3}}?(?:mah\.?|mahallesi|mh\.)[,\s]{{1,2}}(?:[\w.]{{1,25}}\s){{0,4}}?"
    r"(?:(?:sok\.?|sokak|sokağı|sk\.|cad\.?|caddesi|cadde|cd\.|bulvarı"
    r"|blv\.?)[,\s]{0,2}(?:no?\s?[:.]?\s?)?\d{1,4}(?:[/-]\w{1,4})?|no\s?[:.]?\s?\d{1,4})"
    r"(?:,?\s?(?:d|daire|kat|k|blok|apt)\s?[:.]?\s?\d{1,4}){0,3}"
)
# 3-14-2 Nishi-Shinjuku, Shinjuku-ku; 25 Seocho-daero 74-gil: numbers and parts of a town as Japan and Korea count them
HYPHENED = any_case(
    r"(?<![\w.-])\d{1,5}(?:-\d{1,5}){0,3}(?:-?(?:chome|ch[oō]me|dong|ho|ban|banchi|go|f)\b)?,?\s"
    r"(?:(?:[^\W\d_][\w'’-]{1,25}|\d{1,5}(?:-\d{1,5}){0,3}(?:-?(?:ho|dong|chome|ban|go|gil)\b)?),?\s){0,5}?"
    r"[^\W\d_]{2,20}-(?:ku|shi|gun|cho|ch[oō]|machi|dong|gu|ro|gil|si|daero)\b"
)
# no 18 lane 340 xinhua lu changning qu: Chinese streets in Latin letters
PINYIN = any_case(
    r"(?<![\w-])(?:(?:no\.?\s?)?\d{1,4},?\s(?:(?:lane|alley|nong)\s\d{1,4},?\s)?(?:[^\W\d_]{2,20}\s){1,3}?(?:lu|jie|dajie|dadao"
    r"|hutong)"
    r"|(?:[^\W\d_]{3,20}\s){1,2}?(?:lu|jie|dajie|dadao|hutong)\s(?:no\.?\s?)?\d{1,4}(?:\s?(?:hao|nong"
    r"|long)\b)?(?:\s\d{1,4}\s?(?:hao|shi)\b)?)\b"
    r"(?:,?\s[^\W\d_]{2,20}\s?(?:qu|shi|xian|district)\b){0,3}"
)
# 27B/14 Nguyen Dinh Chieu, phuong Da Kao: before a ward or a district
BEFORE_WARD = any_case(
    rf"(?<![\w-])\d{{1,4}}[a-z]?(?:/\d{{1,4}}[a-z]?){{0,3}},?\s(?:(?:hem|hẻm|ngo|ngõ|kiet"
    rf"|kiệt)\s\d{{1,4}}\s)?(?:{_W}\s){{0,4}}?{_W},?\s(?:phuong|phường|p\.|quan|quận|q\.|huyen|huyện|xa|xã"
    rf"|thi tran|thị trấn|ward|kelurahan|kel\.|kecamatan|kec\.|barangay|brgy)\.?\s?{_W}(?:\s{_W})?"
)
# s/o Ramesh, village and post Barhaj, dist Deoria, UP 274601; vill. Rampur, PO Sadar: where no street has a name
VILLAGE = any_case(
    rf"(?<![\w-])(?:[sdwc]/o\.?\s{_W}(?:\s{_W})?,?\s)?(?:vill(?:age|\.)?|v\.?p\.?o\.?|gram)(?:\s(?:and|&)\s(?:post"
    rf"|p\.?o\.?))?\.?\s?[:-]?\s?{_W}(?:\s{_W})?"
    rf"(?:,?\s(?:post|p\.?o\.?|ps|thana|tehsil|teh\.?|tal(?:uka)?\.?|block|mandal|dist(?:rict"
    rf"|t)?\.?)\s?[:-]?\s?{_W}(?:\s{_W})?){{1,4}}"
    r"(?:,?\s[a-z]{2,20}(?:\s[a-z]{2,12})?)?(?:[,\s-]{1,3}\d{3}\s?\d{3}\b)?"
)
# 12/2, 2nd main, 4th cross, Malleshwaram 560003: streets that have numbers for names
CROSS = any_case(
    r"(?<![\w-])(?:no\.?\s?|#\s?)?\d{1,4}(?:/\d{1,4})?[a-z]?,?\s(?:\d{1,3}(?:st|nd|rd|th)\s(?:[abcd]\s)?(?:main|cross|block"
    r"|phase|stage|floor|street)(?:\sroad)?,?\s?){1,4}"
    rf"(?:(?:{_W},?\s){{1,4}}?\d{{3}}\s?\d{{3}}\b)?"
)
BOX = any_case(
    r"(?<!\w)(?:p\.?\s?o\.?\s?box|post ?box|po?b(?=\s\d{3,})|post ?boks|postfach|postbus|boîte postale|b\.?p\.?(?=\s?\d)"
    r"|apartado(?: de correos)?"
    r"|casella postale|caixa postal|box(?=\s\d{3,})|private bag|а/с)\s?(?:no\.?\s?|nr\.?\s?)?[A-Z]?\d{1,6}\b"
)
FLAT = any_case(
    r"(?<!\w)(?:flat|studio|apartment|apt|unit|suite|ste|room|door|house|plot|h\.?|d\.?|квартира|кв|wohnung|appartement|piso"
    r"|depto)\.?\s?(?:no\.?\s?|#\s?)?(?=[\w-]*\d)[\w-]{1,6}\b(?=\s?,)"
)
_TOWN = (
    r"[A-ZÀ-ÞĀ-ŽА-ЯІЇЄ](?![A-Z])[^\W\d_]{2,25}(?:[ -](?:[A-ZÀ-Þ][^\W\d_]{1,25}|am|an|der|den|im|la|le|les|de|du|do|da"
    r"|sur|sous|en|upon|the|aan|op)){0,4}"
)
_STATES = (
    "A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|RI|S[CD]|T[NX]|UT|V[AT]|W[AIVY]"
    "|NSW|VIC|QLD|TAS|ACT"
)
POSTCODES_IN_ANY_CASE = (
    any_case(
r"(?<![\w-])(?:GIR ?0AA|[A-PR-UWYZ](?:\d{1,2}|[A-HK-Y]\d|[A-HK-Y]\d\d|\d[A-HJKPS-UW]"
r"|[A-HK-Y]\d[ABEHMNPRV-Y]) ?\d[ABD-HJLNP-UW-Z]{2})(?![\w-])"),
    any_case(r"(?<![\w-])[ABCEGHJ-NPRSTVXY]\d[ABCEGHJ-NPRSTV-Z][ -]?\d[ABCEGHJ-NPRSTV-Z]\d(?![\w-])"),  # Canada
    any_case(r"(?<![\w])〒? ?\d{3}-\d{4}(?= ?,? ?(?:Tokyo|Osaka|Kyoto|Japan))"),
    any_case(
r"(?<!\w)(?:zip(?: ?code)?|post ?codes?|postal code|plz|pin ?code|cep|eircode|code postal|cap)\b\s?(?:is|:|="
r"|-)?\s?(?!(?:max|min)\b)"
r"(?P<code>(?=[A-Z0-9]{0,7}\d|[A-Z0-9]{2,8}[ -][A-Z0-9]{0,3}\d)[A-Z0-9]{2,8}(?:[ -][A-Z0-9]{2,4})?)(?![\w-])"),
)  # fmt: skip
POSTCODES = (
    re.compile(r"(?<![\w-])[AC-FHKNPRTV-Y]\d[\dW] ?[0-9AC-FHKNPRTV-Y]{4}(?![\w-])"),  # Ireland
    re.compile(r"(?<![\w.-])[1-9]\d{3} ?[A-Z]{2}(?:,? " + _TOWN + r")?(?![\w-])"),  # the Netherlands
    re.compile(r"(?<![\w.-])(?:[A-Z]{1,2}-)?\d{5},? " + _TOWN),  # Germany, France, Spain, Italy, Finland, Ukraine …
    re.compile(r"(?<![\w.-])(?:\d{3} \d{2}|\d{2}-\d{3}|\d{4}-\d{3}|\d{5}-\d{3}),? " + _TOWN),  # Sweden; Poland; Portugal; Brazil
    re.compile(r"\b" + _TOWN + r",? (?:" + _STATES + r"),? \d{4,5}(?:-\d{4})?(?![\w-])"),  # the USA, Australia
    re.compile(r"\b" + _TOWN + r"\s?[-–,]?\s?\d{3} ?\d{3}(?![\w-])"),  # India: a town and its PIN
)  # fmt: skip
IRISH, DUTCH, WITH_TOWN = POSTCODES[0], POSTCODES[1], (POSTCODES[2], POSTCODES[5])
# What stands behind a street only where it is one: a flat, or a state with its ZIP code.
GOES_ON = any_case(r",?\s{1,2}(?:(?:apt|apartment|flat|unit|suite|ste)\b|#\s?\d|(?:[a-z]{2,20},? ){1,3}[a-z]{2},? \d{5}\b)")
STREET = re.compile(rf"\b(?:{STRONG})\b")
CUE = any_case(
    r"(?<!\w)(?:(?:(?:my|his|her|our|their|the|home|postal|mailing|street|billing|shipping|delivery|current|new|old"
    r"|house|residential|full)\s){1,3}address(?: was| is now| is|:|=)|address\s?[:=]|(?:i|we|she|he|they|who) (?:now "
    r"|currently |still )?(?:live|lives|lived|reside|resides|stay|moved)(?: now| currently)? (?:at|on|in|to)"
    r"|living (?:at|on)|resident at|residing at|(?:send|ship|shipped|sent|delivered|deliver|post|mail|mailed"
    r"|posted)(?: it| them| this| that| the \w{1,12}| my \w{1,12})? to|(?:house|flat|home|place|office) is (?:at|on)"
    r"|moved (?:from|to)|address change to|wohne in|wohnhaft|j'habite|vivo en|adresse|dirección|адреса"
    r"|адрес)\s{0,2}:?\s{0,2}"
)
TOWN_STARTS = word_set("new san santa saint st los las port fort north south east west upper lower great little")
BESIDE_WHAT = word_set("near opp opposite behind beside above adjacent nr")  # as India says where a house stands
STOPS = word_set(
    "and but please pls plz i my can could do does did what which who when how why is are was will would you your so "
    "because or if that this it"
    " the since until for with delete erase remove send want wants need now thanks thank regards email phone call "
    "tel born dob then has have me"
    " from of there they we to be not"
)
NOT_STREETS = STOPS | word_set(
    "days day months month years year hours hour minutes weeks week times users people percent things ways other "
    "more different in on at by as an a no"
    " about into over only long all any some business working steps pages cfr usc"
)


def claim_addresses(claims: Claims) -> None:
    """Mask postal addresses, each with its flat, postcode and town as one."""
    _claim_without_numbers(claims)
    if not any(map(str.isdigit, claims.text)):
        return
    for start, end in _streets(claims):
        if claims.out_of_time:
            return
        if claims.is_free(start, start + 1):
            claims.claim("address", with_lead(claims, _with_house(claims, start)), extended(claims.text, end))
    for match in CUE.finditer(claims.low):
        if claims.out_of_time:
            return
        end = _end_after_cue(claims.text, match.end())
        if end:
            claims.claim("address", match.end(), extended(claims.text, end))
    _claim_postcodes(claims)
    _claim_lines_between(claims)


def _claim_without_numbers(claims: Claims) -> None:
    """Houses with names, villages, and what stands before the name of a county."""
    for start, end in _named_streets(claims):
        claims.claim("address", _begun(claims, start), extended(claims.text, end))
    for match in VILLAGE.finditer(claims.low):
        claims.claim("address", *match.span())
    for match in IN_COUNTY.finditer(claims.low):
        begin = _begun_in_words(claims, match.start())
        if begin < match.start() and claims.text[begin : match.start()].count(",") > 1:
            claims.claim("address", begin, extended(claims.text, match.end()))


def _named_streets(claims: Claims) -> Iterator[tuple[int, int]]:
    """Streets without a number: a house with a name in one, or one that somebody lives in."""
    for match in NAMED_HOUSE.finditer(claims.low):
        street = claims.text[match.start() : match.end()].rpartition(", ")[2].split()
        start = match.start()
        while start < match.end() and claims.text[start].islower():  # "to The Old Forge"
            start = claims.text.find(" ", start) + 1 or match.end()
        if start < match.end() and street[0][0].isupper() and re.search(rf"\b{HOUSE}\b", claims.low[start : match.end()]):
            yield start, match.end()
        elif street[0][0].islower() and not all(word in NO_ROADS | NOT_STREETS for word in street[:-1]):
            house = re.match(rf"(?P<before>(?:{_W}\s){{1,4}}){HOUSE},", claims.low[match.start() : match.end()])
            named = (
                list(takewhile(lambda word: word not in NO_ROADS | NOT_STREETS, reversed(house["before"].split())))
                if house
                else []
            )
            if house and named:  # "rose cottage, church lane"
                yield match.start() + house.end("before") - sum(len(word) + 1 for word in named[:2]), match.end()
    for match in LIVED_ON.finditer(claims.low):
        named = [folded(word) for word in match["street"].split()[:-1]]
        if not all(word in NO_ROADS for word in named):
            yield match.span("street")


HOUSE_BEFORE = any_case(rf"(?:^|(?<=[\s,:;]))(?:(?:the\s)?(?:{_W}\s){{0,2}}{HOUSE}|{HOUSE}\s{_W}(?:\s{_W})?),\s$")


LINE = re.compile(r"^[^\n]*$", re.MULTILINE)
LEAD_OF_LINE, MOST_LINES, MOST_WORDS_OF_LINE = 14, 4, 6  # characters before an address in its line; lines above one; words
NO_END_OF_LINE = frozenset(".:;?!,")
OF_NAMES = word_set("of the and y de la le les del du des di da do der den am an im and links rechts izquierda derecha")
NO_LINES = (STOPS - OF_NAMES) | word_set(
    "hi hello hey dear hola bonjour hallo ciao hei moi cheers sincerely best kind yours love address"
)
KIND_OF_LINE = re.compile(rf"{HOUSE}|{STRONG}|{WEAK}|flat|apt|floor|unit")


# What stands before the number of a house: "flat 12 ", "5th floor, ", "h no ".
LEAD = any_case(
    r"(?<![\w-])(?:(?:flat|unit|apt|apartment|suite|plot|house|door|blk|block|lot|room|stand"
    r"|h)\.?\s?(?:no\.?\s?)?(?:[\w/-]{0,6}\d[\w/-]{0,6}"
    r"[,\s/]{1,2})?|\d{1,2}(?:st|nd|rd|th) floor,?\s|no\.?\s|nr\.?\s|number\s)$"
)


def with_lead(claims: Claims, start: int) -> int:
    """Where an address begins whose house has its number at `start`: at the flat, floor or plot before it."""
    lead = LEAD.search(claims.low, max(0, start - 30), start)
    return lead.start() if lead and claims.is_free(lead.start(), start) else start


def _with_house(claims: Claims, start: int) -> int:
    """Where an address begins whose street begins at `start`: at the house's name before it, "Haus Sonnenblick, Am Mühlbach"
    " 3"."""
    if claims.text[max(0, start - 2) : start] != ", ":
        return start
    before = HOUSE_BEFORE.search(claims.low, max(0, start - 60), start)
    if not before:
        return start
    begin = before.start()
    while begin < start and claims.text[begin].islower():
        begin = claims.text.find(" ", begin) + 1 or start
    return begin if begin < start and claims.is_free(begin, start) else start


def _claim_postcodes(claims: Claims) -> None:
    for pattern in POSTCODES:
        for match in pattern.finditer(claims.text):
            if claims.out_of_time:
                return
            if _is_postcode(match[0], pattern):
                begin = _begun(claims, match.start())
                claims.claim("address", _begun_in_words(claims, begin) if pattern is IRISH else begin, match.end())
    for pattern in POSTCODES_IN_ANY_CASE:
        for match in () if claims.out_of_time else pattern.finditer(claims.low):
            claims.claim("address", *match.span("code" if "code" in pattern.groupindex else 0))


def _claim_lines_between(claims: Claims) -> None:
    """The other lines of an address that is written over several: above its postcode or street, and between the two."""
    lines = [] if claims.out_of_time or claims.text.count("\n") < 2 else list(LINE.finditer(claims.text))
    found = [span.start for span in claims.spans() if span.kind == "address"] if lines else []
    anchors = [n for n, line in enumerate(lines) if _begins_with(found, line)]
    for n, anchor in enumerate(anchors):
        above = anchors[n - 1] if n else -1
        first = anchor
        while first - 1 > above and anchor - first < MOST_LINES and _is_line_of_address(lines[first - 1][0], between=False):
            first -= 1
        if (
            0 <= above < anchor
            and anchor - above <= 3
            and all(_is_line_of_address(line[0], between=True) for line in lines[above + 1 : anchor])
        ):
            claims.claim("address", lines[above].start(), lines[anchor].start())
        elif first < anchor:
            claims.claim("address", lines[first].start(), lines[anchor].start())


def _begins_with(starts: list[int], line: re.Match[str]) -> bool:
    """Whether an address begins where a line does. starts: of addresses, in order."""
    place = bisect_left(starts, line.start())
    return place < len(starts) and starts[place] - line.start() < min(LEAD_OF_LINE, len(line[0]))


def _is_line_of_address(line: str, *, between: bool) -> bool:
    """Whether a line can be a part of an address. between: lines of the address stand above and below it."""
    words = re.findall(r"[^\W\d_][\w'’.-]*", line)
    plains = [folded(word.rstrip(".")) for word in words]
    if not words or len(words) > MOST_WORDS_OF_LINE or line.rstrip()[-1:] in NO_END_OF_LINE or plains[0] in NO_LINES:
        return False
    digits = any(map(str.isdigit, line))
    if between or (digits and len(words) < MOST_WORDS_OF_LINE):
        return line.lstrip()[0].isupper() or digits
    if not all(word[0].isupper() or plain in OF_NAMES for word, plain in zip(words, plains, strict=True)):
        return False
    known = lexicon().words
    of_house = any(KIND_OF_LINE.fullmatch(plain) for plain in plains)
    return of_house or any(ORDINARY not in known.get(plain, "") or PLACE in known.get(plain, "") for plain in plains)


def _begun(claims: Claims, start: int) -> int:
    """Where the address begins whose postcode or town stands at `start`: at the first part with a number before it, "B-12, …"."""
    begin = place = start
    for _ in range(MOST_PARTS):
        before = PART_BEFORE.search(claims.text, max(0, place - 48), place)
        if not before or not claims.is_free(before.start("part"), place) or not _part_of_address(before["part"]):
            break
        place = before.start("part")
        if any(map(str.isdigit, before["part"])) and len(before["part"].split()) <= MOST_WORDS:
            begin = place
    return begin


def _begun_in_words(claims: Claims, start: int) -> int:
    """Where an address begins that has no number before its postcode or county: "Knockroe, Castlerea, Co. Roscommon, F45 XH02".

    A town and its county alone are no address; what stands before them is the part of the country that people have instead of
    a street.
    """
    begin = place = start
    known = lexicon().words
    for _ in range(MOST_PARTS):
        before = WORDS_BEFORE_COMMA.search(claims.text, max(0, place - 48), place)
        if not before or not claims.is_free(before.start("part"), place):
            break
        place = before.start("part")
        if PLACE not in known.get(folded(before["part"]), "") and not COUNTY.match(before["part"].lower()):
            begin = place
    return begin


def _streets(claims: Claims) -> Iterator[tuple[int, int]]:
    """Where a street with its number, a post box or a flat stands."""
    text = claims.text
    for match in NUMBER_FIRST.finditer(claims.low):
        if _is_street(match, claims):
            yield match.span()
    for pattern in (NUMBER_AND_KIND, KIND_FIRST):
        for match in pattern.finditer(claims.low):
            if _is_named(text[match.start() : match.end()]):
                yield match.span()
    for match in SUFFIX.finditer(claims.low):
        start = _start_of_street(claims, match)
        if start < match.end("suffix") - 3 and _is_named(text[start : match.end()]):
            yield start, match.end()
    yield from _beside_towns(claims)
    yield from () if text.isascii() else _in_other_letters(claims)
    yield from _of_far_countries(claims)
    yield from (match.span() for match in KIND_BEFORE_NAME.finditer(claims.low) if _is_before_name(match, text))
    yield from (
        match.span() for match in AT_THE.finditer(claims.low) if _is_at_the(text[match.start("names") : match.end("names")])
    )
    yield from (match.span() for match in SHORT_KIND.finditer(claims.low) if text[match.start()].isupper())
    for pattern in (BOX, FLAT, GRID, LOT):
        yield from (match.span() for match in pattern.finditer(claims.low))


def _of_far_countries(claims: Claims) -> Iterator[tuple[int, int]]:
    """Streets of Turkey, Japan, Korea, China, Vietnam and India in Latin letters."""
    for pattern, hints in ((TURKISH, ("mah", "mh.")), (HYPHENED, ("-",)), (PINYIN, ("lu", "jie", "da", "hutong"))):
        if any(hint in claims.low for hint in hints):
            yield from (match.span() for match in pattern.finditer(claims.low))
    yield from (match.span() for pattern in (BEFORE_WARD, CROSS) for match in pattern.finditer(claims.low))


FLAT_BEFORE = any_case(r"(?:flat|unit|apt|suite|plot|door)\b")


def _is_street(match: re.Match[str], claims: Claims) -> bool:
    text = claims.text
    name, kind = text[match.start("name") : match.end("name")].split(), match["type"]
    if any(folded(word) in NOT_STREETS and not word[0].isupper() for word in name) or folded(name[0]) in NOT_STREETS:
        return False
    if re.fullmatch(STRONG, kind) or FLAT_BEFORE.match(match["no"]):
        return True
    rare = re.fullmatch(RARE, kind) and not re.fullmatch(WEAK, kind)
    if name[0][0].isupper() and text[match.start("type")].isupper() and not rare:
        return True
    known = lexicon().words
    named = name[0][0].isupper() or not rare
    if (
        named and any(ORDINARY not in known.get(folded(word), "") and folded(word) not in KEPT for word in name)
    ) or GOES_ON.match(claims.low, match.end()):
        return True
    return bool(CUE.search(claims.low, max(0, match.start() - 40), match.start()))


def _is_bare_street(street: str) -> bool:
    """Whether a word with letters that English has not is in no list, and no month."""
    return not lexicon().words.get(folded(street)) and not MONTHS.match(street.lower())


def _is_at_the(names: str) -> bool:
    """Whether what follows "am" or "an der" is a street's name, and neither a month nor a part of a law."""
    words = names.split()
    return words[0][0].isupper() and not any(folded(word) in NO_STREETS or MONTHS.match(word.lower()) for word in words)


def _is_before_name(match: re.Match[str], text: str) -> bool:
    """Whether a name with a capital stands between the kind of a street and its number."""
    start, end = match.span("names")
    return any(name[0].isupper() for name in text[start:end].split()) and _is_named(text[start : match.end()])


def _in_other_letters(claims: Claims) -> Iterator[tuple[int, int]]:
    """Streets that their letters tell."""
    yield from (match.span() for match in BARE.finditer(claims.text) if _is_bare_street(match["street"]))
    yield from (match.span() for match in GREEK.finditer(claims.text))
    for pattern in (EAST_ASIAN, OWN_SCRIPT, VIETNAMESE):
        yield from (match.span() for match in pattern.finditer(claims.low))


def _beside_towns(claims: Claims) -> Iterator[tuple[int, int]]:
    """Where words with a number are a street: they are no English, no brand and no month, and a town follows."""
    known = lexicon().words
    for match in BESIDE_TOWN.finditer(claims.low):
        before = WORDS_BEFORE.search(claims.low, max(0, match.start() - 62), match.start())
        if before and PLACE in known.get(folded(match["town"]), ""):
            street = [folded(word) for word in re.split(r"[ -]", before[0].strip())]
            if not any(ORDINARY in known.get(word, "") or word in KEPT or word in NOT_STREETS for word in street[-1:]):
                of_name = street[0] not in NOT_STREETS and ORDINARY not in known.get(street[0], "") and street[0] not in KEPT
                yield before.start() + (0 if of_name else before[0].index(" ") + 1), match.end() - 1


def _start_of_street(claims: Claims, match: re.Match[str]) -> int:
    """Where the street begins whose last letters matched: "Lindenweg 7", and up to two words of "Karl Johans gate 1"."""
    text, start = claims.text, match.start()
    while start and match.start() - start < LONGEST_STREET and (text[start - 1].isalpha() or text[start - 1] in "'’-."):
        start -= 1
    words = 2 if start == match.start() else 0
    if words and claims.text[start].isalpha() and start and text[start - 1] not in " -":
        return match.end()
    while words and start > 1 and match.start() - start < LONGEST_STREET and text[start - 1] in " -":
        begin = start - 1
        while begin and text[begin - 1].isalpha() and start - begin < LONGEST_STREET:
            begin -= 1
        if begin == start - 1 or not text[begin].isupper():
            break
        start, words = begin, words - 1
    return match.end() if words == 2 else start


def _is_named(street: str) -> bool:
    """Whether it holds a name with a number, and no word of a sentence: "via email 3 times" is no street."""
    parts = [word.text for word in words_in(street)]
    if re.match(r"(?:via|al|os|gang|largo|av|bd|pl|pr|str|ul|bul|gate|tie|os|пр)\b", street.lower()):
        names = parts[1:]
        return bool(names) and all(
            name[0].isupper() or ORDINARY not in lexicon().words.get(folded(name), "") for name in names[:2]
        )
    if any(folded(word) in NOT_STREETS and folded(word) not in NUMBER_WORDS for word in parts):
        return False
    known = lexicon().words
    return len(parts) > 1 or (len(parts) == 1 and ORDINARY not in known.get(folded(parts[0]), ""))


def _is_postcode(code: str, pattern: re.Pattern[str]) -> bool:
    if pattern in WITH_TOWN:
        towns = [folded(word.text) for word in words_in(code)]
        if towns and towns[0] in TOWN_STARTS:  # "New Delhi"
            towns = towns[1:]
        return bool(towns) and ORDINARY not in lexicon().words.get(towns[0], "")
    if pattern is DUTCH:
        return not re.match(r"(?:19|20)\d\d ", code) and code[-2:] not in {"AM", "PM", "BC", "AD", "US", "EU", "UK"}
    return True


PART = re.compile(
    r"\.?\s{0,2}[,;\n·|/-]\s{0,2}(?P<part>(?:[^\W\d_]{1,4}\.\s?){0,2}[^,;\n.!?<>|]{1,60})"
    r"|\s(?P<bare>(?:#\s?)?\d[\w/-]{0,9}(?: \d{2,4}\b)?(?:\s[A-ZÀ-Þ][^\W\d_]{1,25}){0,3}|(?:apt|flat|suite|unit|ste"
    r"|floor|room)\.? \w{1,5}\b(?: \w{3,12}){0,2}"
    r"|[A-ZÀ-Þ][^\W\d_]{1,25}(?:[ -][A-ZÀ-Þ][^\W\d_]{1,25}){0,2}(?: \d{4,6}\b)?)"
)
WORDS_BEFORE_COMMA = re.compile(r"(?:^|(?<=[\s:;,]))(?P<part>[A-ZÀ-Þ][\w'’.]{1,25}(?:[ -][A-ZÀ-Þ][\w'’]{1,25}){0,2}),\s{1,2}$")
COUNTY = any_case(r"co\.?\s|county\s")
IN_COUNTY = any_case(rf"(?<!\w)(?:co\.|county) (?P<county>{_W})")
MOST_WORDS = 5  # of the part of an address that has the number
PART_BEFORE = re.compile(r"(?:^|(?<=[,\n:;])\s{0,2}|(?<=\s))(?P<part>(?:[#\w/-]{1,20} ){0,3}[#\w/-]{1,20}),\s{1,2}$")
TOWN_TYPED_SMALL = re.compile(r" ([a-z]{3,20}|[a-z]{2} \d{5}|[a-z]{1,2}\d[\da-z]? \d[a-z]{2})\b")  # "london ec1r 4td"
FLAT_WORDS = any_case(
    r"(?:sector|phase|plot|flat|apt|apartment|unit|suite|ste|floor|room|house|block|tower|building|bldg|wing|stair"
    r"|door|\d{1,2}(?:st|nd"
    r"|rd|th) floor|etage|piso|étage|кв|квартира)\b"
)


def extended(text: str, end: int) -> int:
    """The end of an address whose street ends at `end`: flats, postcodes, towns and countries behind it belong to it."""
    for _ in range(MOST_PARTS):
        floor = FLOOR.match(text, end)
        if floor:
            end = floor.end()
            continue
        match = PART.match(text, end)
        town = match or TOWN_TYPED_SMALL.match(text, end)
        if match:
            group = "part" if match["part"] is not None else "bare"
            length = _part_of_address(match[group])
            end = match.start(group) + length if length else end
        elif town and (PLACE in lexicon().words.get(town[1], "") or any(map(str.isdigit, town[1]))):
            length, end = 1, town.end()
        else:
            break
        if not length:
            break
    return end


def _part_of_address(part: str) -> int:
    """How many characters of it belong to an address; 0: it is something else."""
    kept, known = 0, lexicon().words
    for n, word in enumerate(re.finditer(r"\S{1,40}", part)):
        plain = folded(word[0].strip(".,()"))
        flags = known.get(plain, "")
        if plain in STOPS:
            break
        digits = any(map(str.isdigit, word[0]))
        named = (
            word[0][0].isupper()
            or PLACE in flags
            or (n == 0 and plain in BESIDE_WHAT)
            or (ORDINARY not in flags and plain.isalpha())
        )
        named |= plain in TOWN_STARTS or (n > 0 and STREET.fullmatch(plain) is not None)
        if not (digits or named or FLAT_WORDS.match(part.lower(), word.start())) or n > 5:
            break
        kept = word.end()
    return kept


def _end_after_cue(text: str, start: int) -> int:
    """Where an address behind "I live at" ends; 0 if what follows is none: it must hold a number and a word."""
    end, digits, named = start, False, 0
    place = start
    for match in re.finditer(r"\S{1,40}", text[start : start + 160]):
        word = match[0].strip(".,;:!?()")
        gap = text[place : start + match.start()]
        if "\n\n" in gap or word.startswith("<") or (text[place - 1 : place] in {".", "!", "?"} and match.start() and not digits):
            break
        if not word or folded(word) in STOPS - {"the", "of", "from"} or "@" in word:
            break
        has_digit = any(map(str.isdigit, word))
        if has_digit and re.fullmatch(r"(?:19|20)\d\d", word) and not digits:
            break
        if text[place - 1 : place] in {"!", "?"} and match.start():
            break
        digits |= has_digit
        named += word[0].isalpha()
        place = end = start + match.end()
        if text[end - 1] in "!?" or (text[end - 1] == "." and digits and len(word) > 4):
            break
    value = text[start:end]
    if (
        not digits
        or not named
        or re.match(r"\s?\d{1,3} (?:days?|hours?|years?|months?|times|people)\b", value)
        or (re.match(r"(?:you|us|them|the|a|an)\b", value.lower()) and not STREET.search(value.lower()))
    ):
        return 0
    return end
