"""Names of people: behind words that introduce them, and in plain sentences where the lexicon knows them.

A word that is ordinary English too ("Grace", "Will", "Art.") is a name only behind such a word, or beside a name. What is
kept, such as names of companies, products, places, months and peoples, is no name unless it follows "my name is".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise

from candor.transcripts.lexicon import ORDINARY, PLACE, lexicon
from candor.transcripts.patterns import any_case, phrase_set, word_set
from candor.transcripts.recognizers.words import Word, folded
from candor.transcripts.spans import Claims, MaskedSpan
from candor.typed.short_answers import ShortAnswer, read_short_answer

MOST_WORDS, SHORTEST_IN_CAPITALS = 5, 4  # words of one name; letters of one in capitals alone: "from LA" is no person
LIMITS = frozenset({"max"})  # "max file size" names nobody
DIGIT_NEXT = re.compile(r"[\s.]{0,2}\d")
PARTICLES = word_set(
    "de da do dos del della di du van von der den ter ten af av al el bin ibn bint binti abu la le los las y e o mac mc st "
    "san dela zu und"
)
LEADS = PARTICLES - {"do", "y", "e", "o", "la", "le", "und", "st", "san", "den", "di", "du", "los", "las"}
JOINING = PARTICLES - word_set("do y e o und zu")
SHORTEST_BESIDE = 2  # letters of a word that is part of the name beside it
LONGEST_JOIN = 12  # characters between two names that are one
# Never names where they stand in lower case; most of them are somebody's name somewhere.
NEVER = word_set(
    "a about account am an and any anyone are art as ask at be because but by call called can case come data day did "
    "do does done dont else email ever for"
    " from get gave give go good got had has have he hello help her here hi his hope how i if in is it its job just "
    "know last law less let like line link list"
    " live long lot love made mail make man many mate may me more most much my name names need never new no not now "
    "of off ok on one only or order our out over"
    " own page pay phone please pls plz post private real right said say see sent she should site so some still stop "
    "store tell than thank thanks that the their"
    " them then there these they this time to today too u un until up us use user using very want was way we well "
    "were what when where which while who why will"
    " with wont work would yes yet you your delete data remove erase gdpr ccpa info sir madam team support there "
    "everyone folks all both under again also"
    " anonymous wrong right correct missing misspelled deleted removed changed stored kept used public visible "
    "unknown required id ids bot sure sorry fine"
    " happy back trying looking asking writing a-n-d wanting going based located interested worried concerned afraid "
    "in male female single married divorced"
    " nan gran mam grandpa granny customer client member user subscriber resident citizen parent student person human admin"
    " developer lawyer "
    "doctor nurse teacher minor adult child"
)
# What is no part of a person's name, whatever stands before it.
NO_PERSON = (NEVER - word_set("art will mark job love gray rich may long hope")) | word_set(
    "good best old new young sure happy free first last next early late support sales service services staff people data section"
    " page form forms mail legal human level lot thing part case way day time week month year price cost list true false many few"
)
# Ordinary words that are surnames, believed behind a given name also in lower case.
SURNAMES_TOO = word_set(
    "smith miller baker taylor walker hill green wood woods young cook clark clarke hall wright cooper carter parker "
    "turner fisher hunter mason shepherd"
    " carpenter black white brown gray grey stone rivers brooks banks fields bell fox wolf bishop knight price rice "
    "rose potter porter weaver butler foster"
    " king stewart fuller palmer marsh lane barber bush burns mills moody noble page park pope power powers reed "
    "rich savage sharp shepard short singer small"
    " sparks spencer spring steel stock street summers temple tucker twist underwood wade waters webb west winters "
    "wise north hart love long lee kiss curry moon moons post brands"
)
KEPT = word_set(
    "google facebook meta amazon alexa siri cortana apple microsoft tesla mercedes ford dell disney kellogg twitter "
    "tinder uber lyft bing zoom nest ring fitbit"
    " adobe oracle salesforce stripe paypal visa amex klarna shopify hubspot zendesk slack telegram whatsapp "
    "instagram snapchat tiktok reddit discord spotify"
    " netflix linkedin youtube gmail yahoo hotmail outlook chrome safari firefox android windows iphone ipad mac "
    "linux candor claude gemini copilot chatgpt"
    " january february march april may june july august september october november december monday tuesday wednesday "
    "thursday friday saturday sunday"
    " jan feb mar apr jun jul aug sep sept oct nov dec mon tue wed thu fri sat sun english german french spanish "
    "italian dutch polish russian ukrainian"
    " chinese japanese korean indian american british irish scottish welsh swedish danish norwegian finnish greek "
    "turkish arab arabic jewish muslim islam"
    " christian catholic hindu buddhist sikh african asian european brazilian portuguese mexican canadian australian "
    "swiss austrian belgian hispanic latino roman"
    " easter christmas ramadan diwali eid covid corona schengen brexit privacy cookie data policy california texas "
    "virginia georgia florida washington colorado"
    " carolina dakota delaware montana nevada indiana iowa oregon utah israel india china america europe africa asia "
    "germany france spain italy poland ukraine"
    " deutsche deutscher deutsches norsk norske svensk svenska dansk danske polska poczta magyar banco banca banque bank posta"
    " poste"
    " hindi urdu bengali tamil telugu marathi punjabi gujarati swahili hausa yoruba zulu xhosa farsi persian vietnamese"
    " thai malay tagalog czech slovak hungarian romanian bulgarian croatian serbian slovenian estonian latvian lithuanian"
    " hebrew catalan basque icelandic albanian macedonian armenian nepali sinhala amharic somali kurdish pashto mandarin"
    " cantonese brasil deutschland españa italia polska sverige norge suomi nederland"
    " sie ihnen ihre ihrer ihrem ihren"  # as German writes to somebody
    " fb insta ig yt okta matomo cal lei dev brit uncle tor jordan chad cuba kenya malta ireland england scotland wales britain"
    " zara jenkins grafana mio mrd edit"
    " iban bic sepa pdf csv ssn dob pin loi ley legge lei gesetz reg dlgs decreto ustawa zakon"
    " ltd "
    "inc llc gmbh corp plc sa bv ag co company"
)
# Companies that are called like people.
COMPANIES = phrase_set(
    "marks and spencer|marks & spencer|wells fargo|morgan stanley|goldman sachs|charles schwab"
    "|lane crawford|ben and jerry|johnson and johnson|procter and gamble|ernst and young|harley davidson"
    "|calvin klein|hugo boss|ralph lauren|tommy hilfiger|michael kors|kate spade|jack wolfskin|jack daniels|jim beam"
    "|johnnie walker|sherwin williams|warner bros|warner brothers|rolls royce|aston martin|alfa romeo|mercedes benz"
    "|hewlett packard|booz allen|dr martens|doc martens|dr oetker"
    "|papa johns|papa john|jimmy johns|dunkin donuts|tim hortons|trader joe|trader joes|lord abbett|merrill lynch"
    "|jp morgan|fisher price|black and decker|smith and nephew|abercrombie and fitch|tiffany and co"
    "|martin luther king|jean paul gaultier|christian dior|yves saint laurent|louis vuitton|giorgio armani"
    "|karl lagerfeld|lloyds bank|holland and barrett|maria db|johnson controls"
    "|travis ci|uncle bens|uncle ben's|uncle sam|aunt sally|aunt jemima|mona lisa|tom dick and harry|bob's burgers"
    "|crate and barrel|victorias secret"
)
# Of what is kept, what people are called too: believed where a name is introduced, or before a surname ("Jan Peham").
GIVEN_TOO = word_set(
    "jan christian roman jordan chad virginia carolina georgia claude dakota montana israel kenya india indiana thu mai may june"
    " april august cal dev brit tor lei jun alexa siri corona zara edit"
)
FIRM = re.compile(r"(?<![\w&])(?P<first>[^\W\d_a-z][\w'’]+)\s?&\s?(?P<second>[^\W\d_a-z][\w'’]+)")
OF_FIRMS = word_set("sons bros brothers daughters co cie company partners associates söhne sohne sohn figli fils hijos zonen cia")
COMPOUND = re.compile(r"(?:Mc|Mac|Fitz|De|Di|Da|Du|Van|Le|La|O['’])[A-Z]|\w+[-'’]\w+")  # "MacDonald", "Al-Sayed"
PLACE_STARTS = word_set("san santa saint los las new port fort mount lake north south cape")
DEMONYM = re.compile(r"\w+(?:ian|ean|ish|ese|ican)$")
_IS = r"(?:\s(?:is|was|are|will be)|['’]s|\s?[:=]|\s?[-–—](?=\s)|\s)\s{0,2}"
STRONG = any_case(
    r"(?<!\w)(?:(?:(?:my|his|her|their|the|our)\s)?(?:(?:\w{1,10}['’]s )?(?:first|last|full|given|family|middle|maiden"
    r"|legal|real|birth|christian|second|old|new|former|married)\s?)?(?:sur|fore)?names?(?:\s(?:on|of)\s(?:the|my|file"
    r"|this)\s?(?:account|card|order|file|son|daughter|child|wife|husband|mother|father)?)?(?:\s(?:is|was|are|to|as"
    r"|under)|['’]s|\s?[:=]|\s?[-–—](?=\s))"
    r"|(?:my|his|her)\s(?:(?:first|last|full|real)\s?)?names|surname(?=\s)|forename(?=\s)"
    r"|(?:i am|i['’]?m|i was|they|people|friends|everyone|just) (?:called|named|known as)|call(?:s)? me|called me"
    r"|call(?:s|ed|ing)? (?:him|her|them|it)self|introduced (?:him|her|them)self as"
    r"|goes by(?: the name)?|go by(?: the name)?(?: of)?|n[ée]e|nickname(?: is|:)|formerly known as|aka|a\.k\.a\."
    r"|mein name ist|ich hei(?:ß|ss)e|je m['’ ]?appelle|mon nom est|me llamo|mi nombre es|mi chiamo|meu nome é|jag heter"
    r"|nimeni on|mam na imię|nazywam się|меня зовут|мене звати|мене звуть|казвам се|името ми е|με λένε|ονομάζομαι|mitt namn är"
    r"|jeg hedder|jeg heter|mit navn er|mitt navn er|ég heiti|ik heet|mijn naam is|me chamo|mă numesc|numele meu este|jmenuji se"
    r"|jmenuju se|volám sa|a nevem|zovem se|ime mi je|moje ime je|minu nimi on|mani sauc|mano vardas|adım|jisimni|is ainm dom"
    r"|mon prénom est|mera naam|my naam is|ang pangalan ko ay|nama saya"
    r"|(?:account|policy|card)[- ]?holder(?:'s name)?\s?(?:is|:|=|-)?|attn\.?:?|c/o|in the name of|on behalf of|t\.?n\.?v\.?"
    r"|ten name van|z\.? ?hd\.?(?: von)?|zu händen(?: von)?|à l['’]attention de|p\.?a\."
    r"|signed(?: by)?\s?[:,-]?|sincerely,? yours|sent by|yours,)\s{0,2}"
)
NAME_ALONE = any_case(r"(?<!\w)(?:sur)?name\s{1,2}")
WHOSE_NAME = word_set("maiden married birth former chosen legal family")
ENDS = any_case(r"\s{0,2}(?:[.,;!?)\n]|$)|\s(?:and|but)\b")
MEDIUM = any_case(
    r"(?<!\w)(?:i am|i['’]?m|am|this is|it['’]?s|its|it is|here is|here['’]?s|^(?:(?:my|full|your) )?name|(?:ich bin"
    r"|je suis|c['’]est|soy|sono|eu sou|jag är|jestem|ik ben|jeg er|sunt|я|це|это)|(?:hi|hello|hey|hey there|dear|hola"
    r"|bonjour|hallo|good (?:morning|afternoon"
    r"|evening|day)),?|thanks,?|thank you,?|cheers,?)\s{1,3}",
    re.MULTILINE,
)
TITLES = word_set("mr mrs ms miss mx dr prof sir dame lord lady rev herr herrn frau familie")
TITLE = any_case(
    r"(?<!\w)(?:mr|mrs|ms|miss|mx|mister|dr|prof|professor|sir|dame|lord|lady|rev|fr|herrn?|frau|familie|señora?|sr|sra|monsieur"
    r"|madame|mme|mlle|signora?|sig|dott|dhr|mevr|pan|pani|shri|smt|sri|doctor|uncle|aunt|auntie|пан|пані)\b\.?\s{1,2}"
)
RELATION = any_case(
    r"(?<!\w)(?:my|our|his|her|their|the|your|ur|yr|a)\s(?:(?:late|ex|ex-|old|new|best|elderly|little|younger|older|eldest"
    r"|youngest"
    r"|twin|former|step|grand|\d{1,2}[- ]year[- ]old|minor|own|good|dear)[\s-]?){0,2}(?:wife|husband|spouse|partner"
    r"|fianc[ée]e?|girlfriend|boyfriend|gf|bf|son|daughter|child|kid|baby|mother|mom|mum|mam|father|dad|parent|sister"
    r"|brother|sibling|twin|aunt|uncle|cousin|niece|nephew|grandmother|grandma|granny|gran|nana|grandfather|grandpa"
    r"|grandson|granddaughter|grandchild|friend|mate|buddy|colleague|coworker|co-worker|boss|manager|supervisor"
    r"|employee|assistant|secretary|neighbou?r|landlord|landlady|tenant|roommate|flatmate|doctor|gp|dentist|therapist"
    r"|psychiatrist|lawyer|solicitor|attorney|accountant|teacher|tutor|nurse|midwife|receptionist|clerk|cashier|pharmacist"
    r"|surgeon|coach|pastor|priest|babysitter|cleaner|au pair"
    r"|lodger|pupil|apprentice|intern|witness|ex|ex-wife|ex-husband|in-law|mother-in-law"
    r"|father-in-law|brother-in-law|sister-in-law|ward|patient|client|carer|caretaker|guardian|nanny|agent"
    r"|representative|rep|advisor|driver|courier|children|wives)s?\b(?:\s?,\s?|\s?[(:–-]\s?|\s(?:is|was)?\s?(?:named|called)\s"
    r"|['’]s name is\s|\s(?:is|was)\s|\s)"
)
IS_WHOSE = any_case(  # behind a name: "… is my client"
    r",?\s(?:is|was|are|were)\s(?:(?:also|still|now)\s)?(?:my|our|his|her|their|your|a|an|the)\s(?:(?:late|ex|former|old|new"
    r"|own|legal|authori[sz]ed|only|little|best)[\s-]){0,2}(?:wife|husband|spouse|partner|fianc[ée]e?|girlfriend|boyfriend|son"
    r"|daughter|child|kid|mother|mom|mum|father|dad|parent|sister|brother|aunt|uncle|cousin|niece|nephew|grandmother|grandma"
    r"|grandfather|grandpa|grandson|granddaughter|friend|colleague|boss|manager|employee|assistant|neighbou?r|landlord"
    r"|landlady|tenant|roommate|flatmate|doctor|gp|dentist|therapist|lawyer|solicitor|attorney|accountant|teacher|ward"
    r"|patient|client|customer|carer|guardian|agent|representative|executor|heir|account holder|subscriber|member)\b"
)
# Where grammar leaves room for nobody but a person, so that two ordinary words are one: "spoke with faith banks at your desk".
BEFORE_PERSON = any_case(
    r"(?<!\w)(?:(?:spoke|spoken|speak(?:ing)?|talk(?:ed|ing)?|chat(?:ted|ting)?|met|dealt|deal|wrote|written|write|sold|gave"
    r"|belongs?"
    r"|married|related|owed|lent) (?:to|with)|(?:told|emailed|e-mailed|mailed|called|rung|phoned|contacted|helped|written"
    r"|signed(?: for)?|sent"
    r"|approved|answered|taken|handled|served|opened) by|ask(?:ed|ing)? for|mix(?:ed|ing)? (?:\w{1,4} )?up with|confus(?:ed"
    r"|ing) (?:\w{1,4} )?with"
    r"|meant for|addressed to|(?:account|data|file|records?|info|information) (?:of|about|on|for)|(?:hold|have|got|store"
    r"|keep) (?:on|about)"
    r"|(?:signed|logged|registered) (?:up |in |on )?as|known as|on behalf of|(?:account|card|invoice|order|parcel"
    r"|booking) (?:of|for|under)"
    r"|tell|told|dear|regards,?|cheers,?|sincerely,?|then to)\s{1,2}"
)
INTRODUCED = any_case(r"(?<!\w)(?:i am|i['’]?m|this is|it['’]?s|name(?: is|['’]s)?|names|name on (?:the |my )?card)\s{1,2}")
TAKEN_OFF = any_case(r"(?<!\w)(?:remove|delete|erase|wipe|strike|take|cross|scratch|drop)\s{1,2}")
OFF = any_case(r"\s(?:off|from|out of)\s(?:the|your|my|our|all|any|this|that|every)\b")
CLAUSE_GOES_ON = any_case(
    r"\s{0,2}(?:[.,;:!?)\n]|$)|\s(?:and|but|or|he|she|they|who|at|from|in|on|off|has|had|have|is|was|said|says|told|asked"
    r"|wants?|please"
    r"|pls|got|here|are|were|opened|moved|died|to|about|never|because|since|can|could|did|didn['’]?t|when|with|for|yesterday"
    r"|today|asks|signed|room"
    r"|still|rang|wrote|sent|gets|keeps|gave|works|lives|left|ordered|paid|already|just|also|again|now|then|would|will|does"
    r"|doesn['’]?t|isn['’]?t|wasn['’]?t|hasn['’]?t|can['’]?t|won['’]?t|should|requests?|passed)\b"
)
AFTER_PERSON = any_case(
    r",?\s(?:is|was|are|were) (?:(?:my|our|his|her|their)\b|what (?:it says|i use|my)|the name\b|on (?:the|my) (?:account"
    r"|invoice|card))"
    r"|\s\((?:my|our|his|her|the) |\s(?:rang|wrote|called|phoned|emailed|asked|said|signed|never|died|passed|works|lives"
    r"|requests?|wants|would like|has asked|gave|opened|ordered|moved)\b"
    r"|,\s(?:that['’]?s|it['’]?s|its|that is|which is) (?:\w{1,6} ){0,2}(?:nick)?name\b"
    r"|\s(?:here\b(?=[,.!]|$| and)|speaking\b)|,\s(?:he|she|they)(?:['’]s)?\b|,\s(?:my|our|his|her) (?:\w{1,8} )?(?:wife"
    r"|husband|partner|son|daughter"
    r"|mother|mum|mom|father|dad|sister|brother|aunt|uncle|cousin|friend|boss|client|tenant|neighbou?r|doctor|lawyer|gran|niece"
    r"|nephew)\b"
)
NAME_IS = any_case(
    r" (?:is|was) (?:my|his|her|their|the) (?:(?:chosen|real|dead|old|new|former|legal|birth|given|maiden|whole|full) ?)?name\b"
    r"|, (?:just|only) (?:one|a single) name\b"
)
ANDS = word_set("and und et y e og och en i ja")  # between two people
OWNER = any_case(
    r"(?<!\w)(?:(?:account|accounts|data|details?|records?|file|files|information|info|profile|photos?|pictures?"
    r"|emails?|messages?|copy|everything|anything|request|subscription|order|orders|history|name|email|address|number"
    r"|phone|request)\s(?:of|for|about|on|belonging to|from|under)"
    r"|belongs? to|contact(?:ed)?|ask(?:ed)?(?: for)?|speak (?:to|with)|spoke (?:to|with)|talk(?:ed)? (?:to|with)|met"
    r"|under|emailed|e-mailed|told|tell|regarding|concerning|represent(?:ing)?|married to|wrote to|written by|reply from"
    r"|letter from|email from|call from|message from|forward(?:ed)? (?:this )?to|customer|client|patient|employee"
    r"|applicant|user|member|subscriber|tenant|passenger|guest|named|called|by|with"
    r"|(?<!i am )(?<!i'm )(?<!i’m )(?<!\bim )from)\s(?:(?:mr|mrs|ms|dr)\.?\s)?"
)
SIGNATURE = any_case(
    r"(?:^|(?<=[\n.!?,;])\s?)(?:(?:(?:kind|best|warm|warmest|many|with)\s)?(?:regards|wishes|thanks)|sincerely"
    r"|yours(?: (?:sincerely|faithfully|truly))?|respectfully|cheers|best|thanks(?: (?:a lot|so much|again"
    r"|in advance))?|thank you(?: (?:so much|very much|again))?|thx|ty|love|cordially|cordialement"
    r"|mit freundlichen gr(?:ü|u)(?:ß|ss)en|mfg|lg|saludos|atentamente|cordiali saluti|saluti|atenciosamente"
    r"|med vänlig hälsning|mvh|z poważaniem|з повагою|greetings|greets|rgds|br|kr|x{1,3}|(?:xo){1,3}x?|hugs|ta"
    r"|grüße|viele grüße|vg|hilsen|hälsningar"
    r"|terveisin|groet(?:en|jes)?|bises|bisous|abrazos|abraços|baci|signed|от|von"
    r"|from)\s?[,.!:–—-]{0,2}\s{0,3}(?P<name>[^\n,.!?:;<>\d@]{2,50}?)\s{0,2}(?:[,.!)]\s{0,2}(?:[^\n]{0,60}))?(?=\n|$)"
    r"|(?:^|\n|[.!?]\s|\s)[-–—~]{1,2}\s?(?P<dash>[^\n,.!?:;<>\d@–—-]{2,40})\s{0,2}$"
)
HERE = any_case(
    r"(?:^|[.,!\n]\s{0,2}|\b(?:hi|hello|hey),?\s)(?P<name>[^\W\d_][\w'’ -]{1,40}?) (?:here|speaking|writing|again)\b(?!\?)"
)
# "J o h n  M a r c h e t t i", "m.a.r.c.h": letter by letter
LETTER_BY_LETTER = re.compile(r"(?<![\w.])[^\W\d_](?:[ .·*-]{1,2}[^\W\d_]){4,40}(?![\w])")
GLUED = re.compile(r"\d[\w!#$%&*]{0,20}")
OF_TICKETS = re.compile(r"/[A-Z]{2,30}\b|\d[\w!#$%&*]{0,20}")
# "p. lindqvist": an initial in small letters
SMALL_INITIAL = re.compile(r"(?<![\w.'’-])[a-z]\. ?(?=(?P<name>[^\W\d_][^\W\d_'’-]{2,30}))")
# A name in its own script: up to four words of Greek, Cyrillic, Hebrew, Arabic, Indian, Thai, Chinese, Japanese or Korean.
_LETTER = (
    r"(?:[\u0370-\u052f\u0590-\u06ff\u0900-\u0e7f\u1100-\u11ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"
    r"[\u0300-\u036f]*)"
)
OTHER_SCRIPT = re.compile(rf"{_LETTER}{{2,20}}(?: {_LETTER}{{1,20}}){{0,3}}")
_SURNAMES_HAN = (  # of nine Chinese in ten
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范石廖贾夏韦付邹孟熊秦邱江尹"
    "薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔張劉陳楊黃趙吳孫馬鄭謝許韓馮鄧蕭葉蘇魏呂盧鍾譚陸賈韋鄒賀顧龔錢嚴"
)
NATIVE = re.compile(
    rf"(?:我是|这是|這是|^(?=[\u4e00-\u9fff]{{2,3}}[,，:：])(?!谢谢|謝謝|高兴))(?P<known>[{_SURNAMES_HAN}][\u4e00-\u9fff]{{1,2}})(?=[,，。.、!！\s]"
    rf"|$)"
    r"|(?P<japanese>[\u3400-\u9fff々]{2,6}|[\u30a0-\u30ff・]{2,14})(?=と申し|と申す|といいます|と言います)"
    r"|(?:我叫|我的名字是|我名叫|姓名[:：]?|名前は|氏名[:：]?|私は|わたしは)\s?"
    r"(?P<han>[\u3040-\u30ff\u3400-\u9fff々]{2,4}?(?:[ \u3000][\u3040-\u30ff\u3400-\u9fff々]{1,4}?)?)"
    r"(?=[,，。.、!！\s]|です|と申|と言|$)"
    r"|(?:제 이름은|저는|이름은|성명[:：]?)\s?(?P<hangul>[가-힣]{2,4}?)(?=입니다|이에요|예요|이라고|라고|[,.\s]|$)"
    r"|(?:اسمي|أنا|انا)\s(?P<arabic>[\u0620-\u06ff]{2,12}(?: [\u0620-\u06ff]{2,12}){0,2})"
    r"|(?:मेरा नाम|मैं)\s(?P<hindi>[\u0900-\u097f]{2,12}(?: [\u0900-\u097f]{2,12})?)(?= है| हूँ| हूं)"
    r"|(?:שמי|קוראים לי|(?:כאן|מדבר(?:ת)?)(?= [\u0590-\u05ff]{2,12} [\u0590-\u05ff]{2,12}(?:[,.!]"
    r"|$)))\s(?P<hebrew>[\u0590-\u05ff]{2,12}(?:[ ־-](?:בן|בת|אבו|אל|דה)(?=[ ־-]))?"
    r"(?:[ ־-][\u0590-\u05ff]{2,12}(?:[־-][\u0590-\u05ff]{2,12})?)?)"
    r"|(?:ผมชื่อ|ดิฉันชื่อ|ฉันชื่อ|ชื่อ)\s?(?P<thai>[\u0e00-\u0e7f]{2,16}(?: (?!ครับ|ค่ะ|คะ|ขอ|และ|อยาก|ต้องการ|จาก|ลบ)[\u0e00-\u0e7f]{2,24})?)"
    r"|(?:это|це|я)\s(?P<cyrillic>[А-ЯІЇЄҐ][а-яіїєґё’'-]{2,20}(?: [А-ЯІЇЄҐ][а-яіїєґё’'-]{2,20}){0,2})(?=[,.!]|$)"
)
# "My name is" in scripts of their own, and what stands behind the name there: a name is one to three words in between.
_OWN_WORD = r"[\u0300-\u036f\u0530-\u1fff\u200c\u200d]{2,24}"
OWN_NAME = re.compile(
    r"(?<!\w)(?:ჩემი სახელია|სახელი|მქვია|իմ անունը|անունս|میرا نام|نام من|اسم من|আমার নাম|என் பெயர்|நான்(?= \S+ பேசு)|నా పేరు"
    r"|ਮੇਰਾ ਨਾਮ|ਮੇਰਾ ਨਾਂ|મારું નામ|ನನ್ನ ಹೆಸರು|എന്റെ പേര്|මගේ නම|माझे नाव|माझं नाव|मेरो नाम|मेरा नाम|ስሜ|ខ្ញុំឈ្មោះ|ຂ້ອຍຊື່|ကျွန်တော့်နာမည်|ကျွန်မနာမည်)"
    rf"\s?[:：]?\s(?P<own>{_OWN_WORD}(?: {_OWN_WORD}){{0,2}}?)"
    r"(?=\s(?:है|हूँ|ہے|ہوں|ਹੈ|છે|է|ነው|است|هست|आहे|हो|ఉంది|ಆಗಿದೆ|ആണ്|වේ)|\s?[-,.!?،۔।;:\n]|$)"
)
INSTITUTION = any_case(
    r"(?<=\w )(?:institute|foundation|university|college|hospital|museum|library|county|airport|stadium|prize|award|charity|trust"
    r"|society|memorial)(?![\w-])"
)
BEFORE_INSTITUTION = re.compile(r"(?<![\w'’-])(?:[^\W\d_a-z][\w'’-]{1,30} ){1,3}$")
INITIAL = re.compile(r"(?<![\w.])(?:[A-Z]\. ?){1,2}(?P<name>[A-ZÀ-Þ][^\W\d_]+(?:[-'’][^\W\d_]+)*)")
AGO = any_case(
    r"\s?(?:inc|ltd|llc|gmbh|corp|plc|group|bank|policy|privacy|app|cloud|analytics|maps|ads|pay|store|prime|music"
    r"|chat|gmbh|university|college|hospital|school|street|street|act|law|court)\b"
)


@lru_cache(maxsize=16)
def by_first_word(phrases: frozenset[str]) -> Mapping[str, tuple[list[str], ...]]:
    """The phrases of several words, as their words, by the first."""
    found: dict[str, tuple[list[str], ...]] = {}
    for words in (phrase.split() for phrase in sorted(phrases)):
        if len(words) > 1:
            found[words[0]] = (*found.get(words[0], ()), words)
    return found


def places_of_phrases(plains: Sequence[str], phrases: frozenset[str]) -> set[int]:
    """The places of what is kept and has several words, such as "john lewis"."""
    known = by_first_word(phrases)
    return {
        place + n
        for place, plain in enumerate(plains)
        for words in known.get(plain, ())
        if list(plains[place : place + len(words)]) == words
        for n in range(len(words))
    }


class People:
    """Looks for names in one message. kept: folded words and phrases that are no names here, such as the companies'."""

    def __init__(self, claims: Claims, kept: frozenset[str]) -> None:
        self._claims, self._text, self._low, self._kept = claims, claims.text, claims.low, KEPT | COMPANIES | kept
        self._given_too = GIVEN_TOO - kept
        self._words = claims.words
        self._starts = [word.start for word in self._words]
        letters = [letter for letter in self._text if letter.isalpha()]
        capitals = sum(map(str.isupper, letters))
        self._shouted = len(letters) > 12 and capitals > 0.6 * len(letters)
        english = sum(word.ordinary or word.plain in NEVER for word in self._words)
        names = sum(word.common and not word.ordinary and len(word.plain) > 3 for word in self._words)
        self._english = 2 * english >= len(self._words) - names  # else "una" and "mina" are no names
        self._fixed = self._places()
        self._parts: set[str] = set()
        self._at = {start: index for index, start in enumerate(self._starts)}
        self._done: set[int] = set()

    def claim(self) -> None:
        """Mask the names."""
        self._keep_firms()
        self._keep_institutions()
        self._behind(STRONG, self._strong)
        self._behind(NAME_ALONE, self._of_name_alone)
        self._behind(TITLE, self._titled)
        self._behind(RELATION, self._of_relation)
        self._behind(MEDIUM, self._introduced)
        self._behind(OWNER, self._related)
        self._whose()
        self._said_to_be_a_name()
        self._by_grammar()
        for match in () if self._claims.out_of_time else SIGNATURE.finditer(self._low):
            start, end = match.span("name" if match["name"] else "dash")
            if match["name"] or self._text[start].isupper() or self._text[match.start()] in "\n-–—~":
                self._signed(start, end)
        for match in () if self._claims.out_of_time else HERE.finditer(self._low):
            self._signed(match.start("name"), match.end("name"), sure=False)
        self._letter_by_letter()
        self._behind_small_initials()
        self._behind_initials()
        self._in_other_scripts()
        self._plain()
        self._again()

    def _keep_firms(self) -> None:
        """ "Baker & Sons", "Johnson & Johnson", "Young & Price": an ampersand between surnames makes a firm."""
        for match in FIRM.finditer(self._text) if "&" in self._text else ():
            first, second = folded(match["first"]), folded(match["second"]).removesuffix("'s")
            known = f"{first} and {second}" in COMPANIES
            if known or first == second or second in OF_FIRMS or not SURNAMES_TOO.isdisjoint((first, second)):
                self._claims.protect(*match.span())
                self._fixed |= {self._at[place] for place in map(match.start, ("first", "second")) if place in self._at}

    def _keep_institutions(self) -> None:
        """ "Francis Crick Institute": a name with capitals before a word for an institution names nobody."""
        for match in () if self._claims.out_of_time else INSTITUTION.finditer(self._low):
            named = BEFORE_INSTITUTION.search(self._text, max(0, match.start() - 90), match.start())
            if named is None or not self._text[match.start()].isupper():
                continue
            first = named.start()
            if any(found.end() == first for found in INTRODUCED.finditer(self._low, max(0, first - 30), first)):
                continue
            if named[0].count(" ") > 1:  # "Robert Koch" and what it is
                self._claims.protect(first, match.end())
            self._fixed |= {self._at[place] for place in range(first, match.end()) if place in self._at}

    def _behind_initials(self) -> None:
        for match in () if self._claims.out_of_time else INITIAL.finditer(self._text):
            index = self._at.get(match.start("name"))
            word = self._words[index] if index is not None else None
            if index is None or word is None or index in self._done | self._fixed or self._shouted:
                continue
            if not (word.ordinary or word.place or word.plain in self._kept or word.text.isupper()):
                self._claims.claim("name", match.start(), word.end)
                self._done.add(index)

    def _behind(self, pattern: re.Pattern[str], count: Callable[[int], int]) -> None:
        for match in () if self._claims.out_of_time else pattern.finditer(self._low):
            index = self._at.get(match.end())
            if index is not None and index not in self._done and not self._claims.out_of_time:
                n = count(index)
                if n:
                    self._claim(index, n)
                if n and pattern is STRONG and match[0].rstrip()[-1:] in {":", "="}:
                    self._after_comma(index + n)

    def _claim(self, index: int, n: int) -> None:
        words = self._words[index : index + n]
        if not self._claims.is_free(words[0].start, words[0].start + 1):
            return
        last = words[-1]
        glued = (OF_TICKETS if last.text.isupper() else GLUED).match(self._text, last.end)  # "SHARMA/RAKESHMR", "bella2015"
        self._claims.claim("name", words[0].start, glued.end() if glued else words[-1].end)
        self._done.update(range(index, index + n))
        self._joined_by_and(index + n)
        self._parts.update(
            word.plain for word in words if len(word.plain) > 2 and not word.ordinary and word.plain not in PARTICLES | self._kept
        )

    def _joined_by_and(self, index: int) -> None:
        """The second of two people, "Milo and Juna": `index` is behind the first."""
        if index + 1 >= len(self._words) or self._words[index].plain not in ANDS or self._gap(index) != " " or self._shouted:
            return
        following = index + 1
        word = self._words[following]
        if following in self._done or not word.capital or word.ordinary or word.place:
            return
        n = self._related(following) if word.given or word.surname else 0
        if n:
            self._claim(following, n)

    def _whose(self) -> None:
        """Names of which is said whose they are: "Fatoumata Diallo is my client"."""
        ends = {word.end: index for index, word in enumerate(self._words)}
        for match in () if self._shouted or self._claims.out_of_time else IS_WHOSE.finditer(self._low):
            last = ends.get(match.start())
            if last is None or last in self._done:
                continue
            index = last
            while index and last - index < MOST_WORDS and self._joined(index) and self._words[index - 1].capital:
                index -= 1
            while index < last and self._words[index].plain in NEVER:
                index += 1
            if self._words[index].capital and index not in self._done and self._related(index) == last + 1 - index:
                self._claim(index, last + 1 - index)

    def _said_to_be_a_name(self) -> None:
        """The word of "Rain is my chosen name"."""
        matches = [] if self._claims.out_of_time else list(NAME_IS.finditer(self._low))
        ends = {word.end: index for index, word in enumerate(self._words)} if matches else {}
        for match in matches:
            index = ends.get(match.start())
            if index is not None and index not in self._done and self._words[index].plain not in NEVER:
                n = 2 if index and index - 1 not in self._done and self._of_words(index - 1) else 1
                while n < MOST_WORDS and index >= n and self._joined(index + 1 - n) and self._is_free_capital(index - n):
                    n += 1
                if n > 1 or self._words[index].capital or not self._words[index].ordinary:
                    self._claim(index + 1 - n, n)

    def _is_free_capital(self, index: int) -> bool:
        word = self._words[index]
        return word.capital and index not in self._done and index not in self._fixed and word.plain not in NEVER

    def _by_grammar(self) -> None:
        """Two ordinary words that are a given name and a surname, and one with a capital, where only a person can stand."""
        frames = ((BEFORE_PERSON, None), (RELATION, None), (INTRODUCED, None), (TAKEN_OFF, OFF))
        for pattern, behind in frames:
            for match in () if self._claims.out_of_time else pattern.finditer(self._low):
                index = self._at.get(match.end())
                n = 0 if index is None or index in self._done else self._of_words(index, person=pattern is RELATION)
                if index is not None and n and (behind is None or behind.match(self._low, self._words[index + n - 1].end)):
                    self._claim(index, n)
                    self._another_of_words(index + n)
                elif index is not None and pattern is BEFORE_PERSON and self._alone_in_capitals(index):
                    self._claim(index, 1)
        matches = [] if self._claims.out_of_time else list(AFTER_PERSON.finditer(self._low))
        ends = {word.end: index for index, word in enumerate(self._words)} if matches else {}
        for match in matches:
            last = ends.get(match.start())
            if last and last not in self._done and last - 1 not in self._done and self._of_words(last - 1):
                self._claim(last - 1, 2)

    def _another_of_words(self, index: int) -> None:
        """The second of "ivy wood and hazel wood"; `index` is behind the first."""
        if index + 1 < len(self._words) and self._words[index].plain in ANDS and self._gap(index) == " ":
            n = self._of_words(index + 1, second=True)
            if n:
                self._claim(index + 1, n)

    def _of_words(self, index: int, *, second: bool = False, person: bool = False) -> int:
        """2 where two words that are a given name and a surname, though both are ordinary, stand as one; else 0.

        second: behind somebody else's name, where two surnames are one too ("reed stone"). person: a word for somebody stands
        before them, so that anything may follow.
        """
        if index + 1 >= len(self._words) or self._gap(index + 1) != " " or not {index, index + 1}.isdisjoint(self._fixed):
            return 0
        word, last = self._words[index], self._words[index + 1]
        named = word.capital and last.capital and not self._shouted
        kept = self._kept - self._given_too if named else NO_PERSON | self._kept
        if not (word.given or (second and word.surname)) or not (last.surname or last.given) or {word.plain, last.plain} & kept:
            return 0
        return 2 if person or last.capital or CLAUSE_GOES_ON.match(self._low, last.end) else 0

    def _alone_in_capitals(self, index: int) -> bool:
        """Whether an ordinary word with a capital is somebody here: "ask for Earl"."""
        word = self._words[index]
        named = word.capital and word.given and index not in self._done and not self._shouted
        alone = index + 1 >= len(self._words) or not self._words[index + 1].capital or not self._joined(index + 1)
        return named and alone and word.plain not in NO_PERSON | self._kept and index not in self._fixed

    def _after_comma(self, index: int) -> None:
        """The given name in "Name: Doe, Jane"."""
        if index < len(self._words) and self._gap(index) in {", ", ","} and self._words[index].given:
            self._claim(index, self._strong(index) or 1)

    def _gap(self, index: int) -> str:
        """What stands between a word and the one before it."""
        return self._text[self._words[index - 1].end : self._words[index].start] if index else "\n"

    def _joined(self, index: int) -> bool:
        """Whether a word can belong to one name with the word before it."""
        if index >= len(self._words):
            return False
        gap = self._gap(index)
        return (
            gap in {" ", "  ", "\u00a0", "-"}
            or (gap == ". " and len(self._words[index - 1].text) <= 2)
            or (gap == "." and len(self._words[index - 1].text) == 1)
        )

    def _name_like(self, word: Word, index: int, *, first: bool) -> bool:  # noqa: PLR0911  (rules; the first that fits decides)
        """Whether a word behind a clear introduction belongs to the name."""
        if (
            len(word.text) > 3
            and any(map(str.isupper, word.text[2:]))
            and not word.text.isupper()
            and not COMPOUND.match(word.text)
            and not word.flags
        ):
            return False  # only brands are written like this
        if word.plain in self._kept and not (first and (word.given or word.surname) and word.plain not in KEPT):
            number = self._low[word.end : word.end + 2].strip()[:1].isdigit()  # "june 3rd" is a day
            if word.plain not in self._given_too or number:
                return False
            return word.capital if word.ordinary or not first else True
        if word.capital and not self._shouted:
            if word.plain in NEVER and not (word.given or word.surname):
                return False
            if (
                word.plain in NEVER
                and not first
                and word.text[1:].islower()
                and not word.common
                and word.plain not in SURNAMES_TOO
            ):
                return False
            return not word.ordinary or word.given or word.surname or (not first and word.text != word.text.upper())
        if word.plain in NEVER:
            return False
        return not word.ordinary or (word.given or (word.surname and (word.plain in SURNAMES_TOO or first)))

    def _strong(self, index: int) -> int:
        """How many words from `index` on are a name that was introduced as one."""
        n, kept = 0, 0
        capital = self._words[index].capital
        while n < MOST_WORDS and index + n < len(self._words) and (n == 0 or self._joined(index + n)):
            word = self._words[index + n]
            lead = n == 0 and word.plain in LEADS and index + 1 < len(self._words) and not self._words[index + 1].ordinary
            if (n and word.plain in PARTICLES) or lead:
                n += 1
                continue
            if index + n in self._fixed and n == 0 and not word.given:
                break
            initial = len(word.text) == 1 and word.text.isupper() and word.text != "I"
            if not initial and not self._name_like(word, index + n, first=n == 0):
                break
            if kept and capital and not word.capital and not self._shouted and not (word.given or word.surname):
                break
            n += 1
            kept = n
        return 0 if kept == 1 and len(self._words[index].text) == 1 and self._words[index].text.islower() else kept  # "surname n"

    def _of_name_alone(self, index: int) -> int:
        """A whole name behind "name": two words or more, of which the lexicon knows one and none is ordinary English alone.

        One will do behind "married name", at the end of what is said.
        """
        n = self._strong(index)
        words = self._words[index : index + n]
        word, before = self._words[index], self._words[index - 2].plain if index > 1 else ""
        if n == 1 and before in WHOSE_NAME and (word.given or word.surname or word.unknown):
            return int(ENDS.match(self._low, word.end) is not None)
        known = any((word.given or word.surname) and not word.ordinary for word in words)
        return n if n > 1 and known and not any(word.ordinary and not (word.given or word.surname) for word in words) else 0

    def _titled(self, index: int) -> int:
        word = self._words[index]
        if {index - 1, index} <= self._fixed:  # "Uncle Sam"
            return 0
        before = self._words[index - 1].plain if index else ""
        if (
            word.capital
            or word.surname
            or word.given
            or (word.unknown and len(word.plain) > 3 and (self._english or before in TITLES))
        ):
            return 0 if word.plain in self._kept | NEVER else self._strong(index)
        return 0

    def _of_relation(self, index: int) -> int:
        """A name behind "my son", where a rare one is believed too."""
        return self._related(index, person=True)

    def _related(self, index: int, *, person: bool = False) -> int:
        """A name behind "my wife" or "the account of": capitals or the lexicon must tell it."""
        word = self._words[index]
        if (word.plain in self._kept and not self._before_surname(index)) or word.plain in NEVER | TITLES or index in self._fixed:
            return 0
        n = self._strong(index)
        if not n or (n == 1 and (word.place or (word.text.isupper() and len(word.text) < SHORTEST_IN_CAPITALS))):
            return 0
        named = [each for each in self._words[index : index + n] if each.given or each.surname]
        if word.capital and not self._shouted:
            others = [each for each in self._words[index : index + n] if not each.ordinary]
            if (named and others) or (
                n > 1 and len(others) == n and all(each.capital for each in others) and not self._brand(index, n)
            ):
                return n
            return 0
        return n if self._told_by_lexicon(index, n, person=person) else 0

    def _told_by_lexicon(self, index: int, n: int, *, person: bool) -> bool:
        """Whether small letters are a name. person: a word for somebody stands before them."""
        word, last = self._words[index], self._words[index + n - 1]
        whole = n > 1 and last.surname and not last.ordinary and not last.place
        if ((word.ordinary or word.place) and not whole) or not self._english:
            return False
        if word.unknown:  # "your rep nkechi obi"
            return whole
        return word.given and (word.common or n > 1 or person)

    def _brand(self, index: int, n: int) -> bool:
        """Whether what stands behind makes it a company's or product's name, or it is written as only brands are."""
        words = self._words[index : index + n]
        return bool(AGO.match(self._low, words[-1].end)) or any(
            word.text.isupper() or (any(map(str.isupper, word.text[2:])) and not COMPOUND.match(word.text))
            for word in words
            if len(word.text) > 2
        )

    def _introduced(self, index: int) -> int:  # noqa: PLR0911  (rules; the first that fits decides)
        """A name behind "I am" or "hello", where any other word may follow as well."""
        word = self._words[index]
        if (
            (word.plain in self._kept and not self._before_surname(index))
            or (word.plain in NEVER and not self._said_alone(index))
            or index in self._fixed
            or (DEMONYM.match(word.plain) and not word.given)
        ):
            return 0
        if (
            word.ordinary
            and not self._said_alone(index)
            and not (
                word.capital
                and index + 1 < len(self._words)
                and self._joined(index + 1)
                and word.given
                and self._words[index + 1].surname
                and self._words[index + 1].capital
            )
        ):
            return 0
        n = self._strong(index)
        if not n:
            return 0
        if word.given and not (word.place and n == 1):
            return n
        if word.capital and not self._shouted and not self._brand(index, n):
            following = self._text[self._words[index + n - 1].end :][:1]
            if n > 1 or (word.surname and not word.place):
                return n
            introduced = self._text[max(0, word.start - 6) : word.start].lower()
            return (
                n
                if following in {"", ",", ".", "\n", "!"}
                and re.search(r"\b(?:i am|i['’]?m) $", introduced)
                and len(word.text) > 3
                else 0
            )
        told = word.surname or self._words[index + 1].surname if n > 1 else False
        return n if told and (self._english or word.given) and not word.ordinary else 0

    def _before_surname(self, index: int) -> bool:
        """Whether what is kept stands for a person: "Jan Peham", but not "Jan 3" and not "Virginia Beach"."""
        word = self._words[index]
        if word.plain not in self._given_too or not word.capital or self._shouted or not self._joined(index + 1):
            return False
        following = self._words[index + 1]
        named = following.surname or following.unknown or following.plain in PARTICLES
        return (
            named
            and (following.capital or following.plain in PARTICLES)
            and not (following.ordinary or following.place or following.plain in self._kept)
            and not self._brand(index, 2)
        )

    def _said_alone(self, index: int) -> bool:
        """Whether a name that is an ordinary word too stands as one: "I'm Will and …", "this is Grace."."""
        word = self._words[index]
        if not word.capital or not word.given or self._shouted:
            return False
        after = self._low[word.end : word.end + 6]
        return bool(re.match(r"[,.!\n]|$| (?:and|from|with|here|i)\b", after))

    def _signed(self, start: int, end: int, *, sure: bool = True) -> None:
        indices = [index for index in (self._at.get(start + shift) for shift in range(3)) if index is not None]
        if not indices or indices[0] in self._done:
            return
        index = indices[0]
        n = self._strong(index)
        word = self._words[index]
        particle = word.plain in PARTICLES and not (word.capital and n > 1)  # "Ó Briain"
        if not n or self._words[index + n - 1].end < end - 1 or word.plain in self._kept | NEVER or particle:
            return
        if index in self._fixed or (word.place and n == 1) or (not sure and not word.capital and not word.given):
            return
        named = any(each.given or each.surname for each in self._words[index : index + n])
        if named or (sure and word.capital and not self._shouted and not self._brand(index, n) and index not in self._fixed):
            self._claim(index, n)

    def _plain(self) -> None:
        """Names in plain sentences, as far as the lexicon knows them."""
        index = 0
        while index < len(self._words) and not (index % 50 == 0 and self._claims.out_of_time):
            n = 0 if index in self._done or index in self._fixed else self._in_sentence(index)
            if n:
                self._claim(index, n)
            index += max(1, n)

    def _in_sentence(self, index: int) -> int:
        word = self._words[index]
        if word.plain in self._kept or word.plain in NEVER or len(word.plain) < 2:
            return self._strong(index) if self._before_surname(index) and self._words[index + 1].surname else 0
        nexts = self._words[index + 1] if index + 1 < len(self._words) and self._joined(index + 1) else None
        if nexts is not None and ((nexts.plain in self._kept and nexts.plain not in PARTICLES) or index + 1 in self._fixed):
            nexts = None
        if word.capital and not self._shouted:
            return self._capitals(index, word, nexts)
        return self._small(index, word, nexts) if self._english else 0

    def _small(self, index: int, word: Word, nexts: Word | None) -> int:  # noqa: PLR0911  (rules; the first that fits decides)
        """How many words of a name in small letters begin at `index`."""
        if nexts is not None and word.given and nexts.plain not in NEVER:
            if nexts.surname and not nexts.ordinary and not (nexts.place and (word.place or word.ordinary)):
                return 2
            if word.ordinary or word.place:
                return 0
            if nexts.surname and nexts.plain in SURNAMES_TOO:
                return 2
            if word.plain in LIMITS and nexts.ordinary:
                return 0
            if word.common and nexts.given and not (nexts.ordinary or nexts.place):  # "jean luc moreau"
                return self._strong(index)
            third = self._words[index + 2] if len(nexts.text) == 1 and self._joined(index + 2) else None  # "priya c sharma"
            if third is not None and third.surname and not third.ordinary:
                return 3
            n = self._strong(index) if nexts.plain in PARTICLES else 0  # "roland van den broeck"
            if n > 2 and not self._words[index + n - 1].ordinary:
                return n
        if word.ordinary or word.place or (word.plain in LIMITS and DIGIT_NEXT.match(self._low, word.end)):
            return 0
        return 1 if word.common and len(word.plain) > 2 and word.plain not in PARTICLES else 0

    def _behind_small_initials(self) -> None:
        matches = [] if self._claims.out_of_time else list(SMALL_INITIAL.finditer(self._text))
        behind = {match.start("name") for match in matches}
        others = [word for word in self._words if len(word.plain) > 1 and word.start not in behind] if matches else []
        if 2 * sum(word.ordinary or word.plain in NEVER for word in others) < len(others):
            return  # "d. h." and the like are no initials
        for match in matches:
            index = self._at.get(match.start("name"))
            word = self._words[index] if index is not None else None
            if index is None or word is None or index in self._done or word.capital or word.ordinary:
                continue
            if word.surname or word.given or word.unknown:
                self._claims.claim("name", match.start(), word.end)
                self._done.add(index)

    def _letter_by_letter(self) -> None:
        for match in () if self._claims.out_of_time else LETTER_BY_LETTER.finditer(self._low):
            words = ["".join(filter(str.isalpha, word)) for word in re.split(r"  |[.·*-] ", match[0])]
            listed = all(ord(after) - ord(before) == 1 for before, after in pairwise(words[0]))  # a b c d e
            if not listed and not all(ORDINARY in lexicon().words.get(folded(word), "") for word in words):
                self._claims.claim("name", *match.span())

    def _in_other_scripts(self) -> None:
        """Names in their own script: a few words of it in a message in Latin letters, or behind the words that introduce one."""
        text = self._text
        if text.isascii():
            return
        for match in OWN_NAME.finditer(text):
            self._claims.claim("name", *match.span("own"))
        for match in NATIVE.finditer(text):
            self._claims.claim("name", *match.span(match.lastgroup or 0))
        letters = sum(map(str.isalpha, text))
        latin = sum(letter.isalpha() and letter < "\u0250" for letter in text)
        for match in OTHER_SCRIPT.finditer(text) if 2 * latin >= letters else ():
            if lexicon().words.get(folded(match[0]), "").find(PLACE) < 0:
                self._claims.claim("name", *match.span())

    def _capitals(self, index: int, word: Word, nexts: Word | None) -> int:  # noqa: C901, PLR0911  (rules; the first that fits decides)
        """How many words of a name begin with the capital at `index`."""
        first = "\n" in self._gap(index) or self._gap(index).rstrip(" ")[-1:] in {".", "!", "?", "\n"} or index == 0
        begins = first or not self._english  # where a capital tells nothing, and "Sie" is no surname
        middle = self._initial_between(index)
        if nexts is not None and nexts.capital and nexts.plain not in NEVER and not self._brand(index, 2):
            pair = (word.given or word.surname) and (nexts.given or nexts.surname)
            if pair and not (word.ordinary and nexts.ordinary) and not (word.place and nexts.place):
                return self._strong(index)
            known = (
                word.given and (nexts.unknown or not word.ordinary) and not (first and (word.ordinary or not nexts.unknown))
            ) or (nexts.surname and not nexts.ordinary and word.unknown and word.plain not in TITLES and not begins)
            if known and not word.text.isupper() and not (word.place and not word.common):
                return self._strong(index)
        if nexts is not None and nexts.plain in PARTICLES and word.given and not word.ordinary:
            n = self._strong(index)
            if n > 2:
                return n
        if middle and word.given:
            return self._strong(index)
        if word.ordinary or word.place or self._brand(index, 1) or len(word.plain) < 3:
            return 0
        if index and self._words[index - 1].plain in {"in", "near"}:
            return 0  # where somebody lives
        if not self._english and self._text[max(0, word.start - 2) : word.start - 1].isdigit():
            return 0  # "14 Tage": nouns have capitals there
        if word.given and first and self._low.startswith((" from ", " here"), word.end):
            return 1
        if word.common and not (nexts is not None and nexts.capital and nexts.unknown and self._brand(index, 2)):
            return 1
        return 1 if word.given and not begins and not (nexts is not None and nexts.capital) else 0

    def _initial_between(self, index: int) -> bool:
        """Whether an initial and another capital follow: "John F. Kennedy"."""
        if index + 2 >= len(self._words):
            return False
        initial, last = self._words[index + 1], self._words[index + 2]
        return (
            len(initial.text) == 1
            and initial.text.isupper()
            and initial.text != "I"
            and self._joined(index + 1)
            and self._joined(index + 2)
            and last.capital
        )

    def _again(self) -> None:
        """Parts of a name that was found, wherever else they stand."""
        if not self._parts:
            return
        for index, word in enumerate(self._words):
            if index not in self._done and word.plain in self._parts and index not in self._fixed:
                self._claim(index, 1)

    def _places(self) -> frozenset[int]:
        """The words of place names of several words, and of what is kept."""
        found: set[int] = set()
        places = lexicon().places
        for index, (word, following) in enumerate(pairwise(self._words)):
            saint = (
                word.text == "St" and following.capital and not (index and self._words[index - 1].capital)
            )  # else it is a street
            if word.plain in PLACE_STARTS or saint:
                found.update((index, index + 1))
            for name in places.get((word.plain, following.plain), ()):
                if self._reads(index, name):
                    found.update(range(index, index + len(name)))
        found.update(places_of_phrases([word.plain for word in self._words], self._kept))
        possessive = [word.plain + "s" * (self._low[word.end : word.end + 2] in {"'s", "’s"}) for word in self._words]
        found.update(places_of_phrases(possessive, COMPANIES))
        return frozenset(found)

    def _reads(self, index: int, name: Sequence[str]) -> bool:
        words = self._words[index : index + len(name)]
        return len(words) == len(name) and all(word.plain == part for word, part in zip(words, name, strict=True))


def claim_people(claims: Claims, kept: frozenset[str]) -> None:
    """Mask names of people. kept: folded words and phrases that are no names here."""
    if read_short_answer(claims.text) is ShortAnswer.UNCLEAR:  # else "nada más" names a Nada
        People(claims, kept).claim()


def claim_between_names(claims: Claims) -> None:
    """Join names that were found apart where particles stand between them: "Abdulrahman bin Khalid al-Otaibi"."""
    last: MaskedSpan | None = None
    for name in [span for span in claims.spans() if span.kind == "name"]:
        last = claims.join(last, name) if last and _is_one_name(claims.low, last, name) else name


def _is_one_name(low: str, first: MaskedSpan, second: MaskedSpan) -> bool:
    between = low[first.end : second.start]
    if between == " ":
        edges = low[first.start : first.end].rsplit(maxsplit=1)[-1], low[second.start : second.end].split(maxsplit=1)[0]
        return not JOINING.isdisjoint(edges)
    return between[:1] == " " and len(between) <= LONGEST_JOIN and JOINING.issuperset(between.split())


def claim_beside_names(claims: Claims) -> None:
    """Mask the words that stand directly beside a name and belong to it: its other parts, which nothing else told."""
    names = {place: span for span in claims.spans() if span.kind == "name" for place in (span.start, span.end)}
    if not names:
        return
    words = claims.words
    for places, begins in ((range(len(words)), True), (range(len(words) - 1, -1, -1), False)):
        for place in places:
            word = words[place]
            beside = word.start - 1 if begins else word.end + 1
            span = names.get(beside)
            gap = claims.text[word.start - 1 : word.start] if begins else claims.text[word.end : word.end + 1]
            if (
                span is None
                or gap != " "
                or not claims.is_free(word.start, word.end)
                or not _belongs(claims, word, behind=begins)
            ):
                continue
            claims.claim("name", word.start, word.end)
            names[word.end if begins else word.start] = span


def _belongs(claims: Claims, word: Word, *, behind: bool) -> bool:
    """Whether a word before or behind a name is a part of it: a name in the lexicon and no ordinary word, or one with a capital
    that nobody knows. In Latin letters it is that only behind: German has "Kundin Anna", and a sentence begins with a capital.
    """
    nobody = word.plain in KEPT or word.plain in NO_PERSON or word.plain in PARTICLES
    if nobody or word.ordinary or word.place or len(word.text) < SHORTEST_BESIDE:
        return False
    if word.surname or word.given:
        return True
    foreign = not folded(word.text).isascii() and claims.text[: word.start].rstrip()[-1:] not in {"", ".", "!", "?", ":"}
    return word.unknown and word.capital and not word.text.isupper() and (behind or foreign)
