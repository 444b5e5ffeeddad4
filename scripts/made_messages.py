"""Made-up messages for scripts/make_tagger.py: templates filled with names, streets and our own questions, as people type."""

from __future__ import annotations

import json
import random
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pycountry
import yaml
from faker import Faker
from made_streets import StreetMaker
from make_lexicon import LATIN, TOWNS

ROOT = Path(__file__).resolve().parents[1]
TEMPLATES = Path(__file__).with_name("tagger") / "messages.txt"


def listed(text: str, separator: str | None = None) -> list[str]:
    """The words of a text; with a separator, what stands between two of them."""
    return text.split() if separator is None else [part.strip() for part in text.replace("\n", " ").split(separator)]


NAME_LOCALES = listed(
    "ar_SA az_AZ bg_BG bn_BD bs_BA cs_CZ da_DK de_AT de_CH de_DE el_GR en_AU en_CA en_GB en_IE en_IN en_KE en_NG en_NZ en_PK "
    "en_US es_AR es_CL es_CO es_ES es_MX et_EE fa_IR fi_FI fil_PH fr_BE fr_CA fr_FR ga_IE ha_NG he_IL hi_IN hr_HR hu_HU hy_AM "
    "id_ID ig_NG is_IS it_IT ja_JP ka_GE ko_KR lt_LT lv_LV mt_MT ne_NP nl_BE nl_NL no_NO pl_PL pt_BR pt_PT ro_RO ru_RU sk_SK "
    "sl_SI sq_AL sv_SE sw th_TH tr_TR tw_GH uk_UA uz_UZ vi_VN yo_NG zh_CN zu_ZA"
)
WORD_LOCALES = listed(
    "cs_CZ da_DK de_DE el_GR es_ES fil_PH fr_FR it_IT nl_NL pl_PL ru_RU tl_PH uk_UA vi_VN mk_MK az_AZ"
)  # real words
COMPANY_LOCALES = listed("de_DE en_US en_GB fr_FR it_IT es_ES nl_NL pl_PL sv_SE fi_FI pt_BR en_IN")
# Names of peoples of whom Faker knows few or none.
RARE_GIVEN = listed("""
Aroha Tane Hine Wiremu Mereana Tamati Kahu Moana Leilani Keola Kalani Makoa Nalani Sione Tevita Mele Losa Fetu Talia Anahera
Thandar Zaw Thura Khin Myint Aung Nandar Phyo Ei Su Htet Kyaw Zin Tze Wai Siu Mei Chun Kit Yuen Hoi Kar Man Lok Duc Minh Khanh
Trang Ngoc Bao Quoc Viet Phuc Loan Hanh Nkechi Ngozi Chukwudi Ifeanyi Uche Amaka Obioma Temi Folasade Olumide Bukola Damilola
Kwabena Kofi Adwoa Efua Nana Fatoumata Mariama Aissatou Ousmane Mamadou Ibrahima Cheikh Awa Bintou Seydou Moussa Abdoulaye
Tesfaye Selam Hiwot Dawit Mekdes Abebe Bekele Tigist Yonas Hana Girma Genet Nardos Lwazi Sibusiso Thandeka Nokuthula Bongani
Andile Naledi Kagiso Lesedi Tshepo Refilwe Tatenda Rudo Farai Chipo Munashe Nomvula Gugu Nthabiseng Giorgi Nino Tamar Levan
Irakli
Ketevan Ani Armen Gohar Hayk Narek Lusine Aram Anahit Dilnoza Aziz Jasur Gulnara Aigerim Nurlan Aliya Bakyt Saule Timur Dinara
Rustam Zarina Farhod Parvin Shirin Reza Farzad Nasrin Behnam Laleh Kaveh Shabnam Rojin Berfin Azad Dilan Baran Hevin Emre Elif
Zeynep Cem Defne Burak Ebru Onur Rashid Bilal Sadia Nadia Imran Hamza Zubair Ayesha Rukhsana Farooq Shazia Gurpreet Harjit
Manpreet Jaspreet Simran Navdeep Balwinder Kulwinder Siddharth Raghav Vaishnavi Meenakshi Karthik Sandhya Thirumalai Padmini
Venkatesh Sujatha Murugan Kavitha Dilshan Nuwan Sachini Tharindu Chamari Ruwan Pemba Tenzin Dorji Sonam Karma Lhamo Bishal
Sunita
Iker Nerea Aitor Ainhoa Gorka Itziar Xabier Oihane Uxue Unai Jordi Montserrat Nuria Arnau Laia Pau Aleix Roser Xoan Uxia Brais
Rhys Angharad Llewelyn Bronwen Dafydd Eirlys Ffion Gethin Siân Ieuan Owain Tegan Tadhg Caoimhe Aoibheann Diarmuid Fionnuala
Oisín Sadhbh Eimear Ruairí Bríd Gráinne Niall Padraig Catriona Hamish Morag Eilidh Fergus Ishbel Solveig Ragnhild Torbjørn Åse
Sindre Eirik Ingebjørg Hjördís Björgvin Þóra Sigríður Guðrún Hrafnhildur Ásgeir Jóhann Ebba Rasmus Ylva Sixten Tuulikki Aino
Väinö Ilmari Kyllikki Korbinian Gerlinde Ottilie Leopold Hannelore Wiebke Fietje Swantje Torben Anneliese Reinhild Waltraud
Bożena Zdzisław Wojciech Grażyna Małgorzata Jolanta Kazimierz Zbigniew Zdeněk Bohumila Květoslava Ludmila Vlastimil Zsófia
Gergő Boglárka Zoltán Csilla Szabolcs Réka Ioana Florentina Gheorghe Dragoș Anamaria Ilinca Stelios Evangelia Panagiotis
Despina Theodoros Kyriaki Consuelo Guadalupe Inmaculada Remedios Ximena Itzel Citlali Thiago Iolanda Gonçalo Leocádia Wanjiku
Achieng Otieno Kipchoge Chebet Wambui Baraka Zawadi Neema Juma Ottoline Philippa Tamsin Clementine Rupert Barnaby Saskia
Ludovica
Giancarlo Ornella Fiammetta Pierfrancesco Océane Maëlle Yannick Gwenaëlle Loïc Solène Aurélien Capucine Zuberi Makana Joon
Haneul
Jiwon Minseo Dae Seung Yuna Kazuhiro Sakura Haruka Takumi Ayaka Shinji Rin Wei Xiuying Jianhong Yuting Zihan Guowei Meiling
""")  # fmt: skip
RARE_SURNAMES = listed("""
Kanawa Ngata Parata Waititi Kahananui Kealoha Fonoti Tuilagi Leavai Taufa Vainikolo Aung Thandar Naing Hlaing Oo Htun Lwin Chan
Kwok Leung Cheung Tsang Yip Tran Ngo Dinh Luong Okafor Okonkwo Nwachukwu Onyekachi Adeyemi Oyelaran Balogun Ogunleye Asante
Mensah Boakye Owusu Agyemang Diallo Traoré Ouedraogo Coulibaly Keita Ndiaye Sow Camara Sylla Tesfaye Gebremariam Haile Wolde
Demissie Mokoena Dlamini Nkosi Khumalo Mthembu Zwane Moyo Ncube Chikwanha Mutasa Beridze Kapanadze Lomidze Hovhannisyan
Petrosyan
Sargsyan Karapetyan Yusupov Rahimov Karimov Abdullayev Nurmagambetov Suleimenov Hosseini Ahmadi Karimi Rezaei Farahani Barzani
Demirtaş Yıldırım Çelik Aydın Öztürk Koç Kılıç Bukhari Qureshi Siddiqui Chaudhry Bhatti Sandhu Dhillon Grewal Sidhu
Venkataraman Subramanian Krishnamurthy Raghunathan Chattopadhyay Mukhopadhyay Bandyopadhyay Iyengar Perera Jayawardena Fernando
Wickramasinghe Sherpa Tamang Gurung Thapa Etxeberria Agirre Zubizarreta Goikoetxea Mendizabal Puigdemont Ferrer Vilanova Llorens
Carballo Llewellyn Pritchard Gwynedd ap-Rhys Featherstone Harcourt Cavendish Marchbanks Pemberton Ashworth Braithwaite
Ó-Súilleabháin O'Shaughnessy McGillicuddy O'Neill O'Donoghue MacGiolla Ní-Bhriain Brannigan Furey Lindqvist Åkerblom Sjöström
Hrafnsdóttir Magnússon Jónsdóttir Þorsteinsson Kallio Virtanen Hämäläinen Obermaier Vollmer Hofstätter Krüger Sommerfeld
Wójcik Pietrzak Krawczyk Szczepański Lisowski Wróbel Vopička Novotný Dvořáková Szabó Horváth Kovács Munteanu Popescu Dumitrescu
Papanikolaou Karagiannis Papadaki Georgiou Quiroga Ibarra Castellanos Huamán Quispe Rueda Blasco Nascimento Cavalcanti
Albuquerque
Kamau Wanjiru Odhiambo Kiprotich Mwangi Nakamura Fujiwara Hashimoto Matsuda Hwang Baek Jeong Ouyang Zhuge Situ Xiong Petersen
Ferraretto Bianchi Esposito De-Santis Lefebvre Beaumont Delacroix Boucher Gagnon Featherington Van-den-Broeck Haltern Dragunova
Kovalchuk Shevchenko Halushko Zhadan Bondarenko Tymoshenko
""")  # fmt: skip
COMPANIES = listed("""
Google Meta Amazon Microsoft Apple Stripe PayPal Klarna Adyen Shopify HubSpot Salesforce Zendesk Intercom Mailchimp Klaviyo
Sendinblue Twilio Segment Mixpanel Amplitude Hotjar Matomo Cloudflare Fastly Akamai Hetzner OVH DigitalOcean Heroku Netlify
Vercel
Snowflake Databricks Datadog Sentry Okta Auth0 Duo Zoom Slack Notion Asana Trello Jira Atlassian GitHub GitLab Dropbox Box
DocuSign
Xero QuickBooks SAP Oracle Workday Siemens Bosch Philips Samsung Sony Nokia Ericsson Vodafone Orange Telefónica T-Mobile Verizon
AT&T Comcast Visa Mastercard Amex Revolut Monzo N26 Wise Barclays HSBC Santander ING Allianz AXA Aviva DHL FedEx UPS DPD GLS
Hermes
Evri Deutsche-Post La-Poste PostNL Bpost Correos InPost Tesco Lidl Aldi Ikea Zalando Asos Otto Etsy eBay Airbnb Uber Lyft Bolt
Netflix Spotify Disney Tinder Bumble Strava Garmin Fitbit Tesla Ford Renault Volvo Ryanair Lufthansa Experian Equifax Acxiom
LiveRamp Criteo Taboola Outbrain TikTok Snapchat Pinterest Reddit X Twitter LinkedIn WhatsApp Telegram Signal Viber OpenAI
Anthropic Nvidia Intel AMD WizRocket Deepvision Lumenhaus Nightjar Okapi Rivetworks Statuto Tandemly Brindle Candor
Kaiser-Permanente Johnson-&-Johnson Procter-&-Gamble Marks-&-Spencer Ernst-&-Young John-Lewis Hewlett-Packard Morgan-Stanley
Wells-Fargo Goldman-Sachs Charles-Schwab Harley-Davidson Calvin-Klein Hugo-Boss Ralph-Lauren Dr.-Oetker Ben-&-Jerry's Wendy's
McDonald's Papa-John's
""")  # fmt: skip
THINGS = listed("""
GDPR|the GDPR|UK GDPR|CCPA|CPRA|HIPAA|LGPD|POPIA|PIPEDA|COPPA|FERPA|the DPA 2018|the Data Protection Act|PECR|ePrivacy|DSGVO
|RGPD
|BDSG|TTDSG|the Privacy Act|the AI Act|the Digital Services Act|Schrems II|the EU-US Data Privacy Framework|Privacy Shield
|Standard Contractual Clauses|standard contractual clauses|binding corporate rules|Article 17|Art. 15|Recital 47
|Section 1798.105
|45 CFR 164.524|Cal. Civ. Code 1798.105|11 CCR 7026|ISO 27001|SOC 2|SOC 2 Type II|PCI DSS|AES-256|TLS 1.3|the ICO|ICO|CNIL
|the CNIL
|AEPD|BfDI|the Garante|the DPC|the FTC|CPPA|the California Privacy Protection Agency|the Information Commissioner
|the Attorney General|the Information Regulator|Datatilsynet|UODO|Google Analytics|Google Maps|Google Ads|Gmail|Chrome|Safari
|Firefox|iPhone 15 Pro|iPhone|Galaxy S23|Samsung Galaxy|iPad|Android|Windows 11|macOS|Apple Watch|Alexa|Siri|Face ID|Touch ID
|ChatGPT|Copilot|Claude|Gemini|Wi-Fi|Bluetooth|Facebook Pixel|Meta Pixel|Adobe Analytics|Amazon Web Services|AWS|Azure
|Google Cloud|Apple Pay|Google Pay|Global Privacy Control|Do Not Track|Black Friday|Christmas|Easter|Ramadan|Prime Day
|the Privacy Policy|Privacy Notice|Terms of Service|Terms and Conditions|Cookie Policy|Cookie Banner|Data Protection Officer
|Data Controller|Legitimate Interest|Customer Support|Customer Care|Help Center|Trust Center|Privacy Team|Legal Department
|Human Resources|Credit Score|Loyalty Card|Gift Card|Newsletter|Premium|Family Plan|Student Discount|Smart Meter|Fire TV
|the Charter of Fundamental Rights|the Paris Agreement|the Supreme Court|the High Court|Brexit|Covid|Medicare|NHS|Schufa
|St. Mary's Hospital|King's College|Oxford University|St John Ambulance|Red Cross|Martin Luther King Day|Alzheimer|Parkinson
|Crohn's disease|Down syndrome|Tourette|Victoria Line|Georgia Tech|Madison Square Garden|Hadoop|Kafka|Jenkins|Dependabot
""", "|")  # fmt: skip
MONTHS = listed("""
January February March April May June July August September October November December Monday Tuesday Wednesday Thursday Friday
Saturday Sunday Januar März Mai Juni Juli Oktober Dezember Montag Freitag janvier février mars avril mai juin août septembre
décembre lundi vendredi enero febrero marzo abril mayo junio agosto septiembre diciembre lunes viernes gennaio maggio giugno
luglio
settembre lunedì januari maart augustus maandag styczeń lutego marca kwietnia maja czerwca lipca sierpnia stycznia январе
марта мая
червня липня серпня leden února
""")  # fmt: skip
# Words that no dictionary of the lexicon has, and nobody's names.
MODERN = listed((TEMPLATES.with_name("words.txt")).read_text(encoding="utf-8").partition("\n\n")[2])
WHOSE = listed("my your ur our his her their the a that this yr")
RELATIONS = listed("""
wife|husband|spouse|partner|fiance|girlfriend|boyfriend|gf|bf|son|daughter|child|kid|kids|mother|mom|mum|father|dad|parents
|sister
|brother|twin|aunt|uncle|cousin|niece|nephew|grandmother|grandma|gran|grandfather|grandpa|friend|mate|colleague|coworker|boss
|manager
|supervisor|employee|assistant|secretary|neighbour|neighbor|neighbours kid|landlord|tenant|roommate|flatmate|doctor|gp|dentist
|therapist|lawyer|solicitor|accountant|teacher|tutor|ex|ex wife|ex husband|mother in law|brother in law|patient|client|carer
|guardian
|nanny|agent|rep|advisor|driver|courier|guy|lady|man|woman|technician|salesman|team lead|ceo|dpo|nurse|stepson|godson|step dad
""", "|")  # fmt: skip
STATES = [each.name for each in pycountry.subdivisions if each.country_code in {"US", "CA", "AU", "IN", "DE", "BR", "GB"}]
OTHER_TOWNS = [town.title() for town in sorted(TOWNS)]
COUNTRIES = [getattr(each, "common_name", each.name) for each in pycountry.countries]
CITIES = listed("""
London Manchester Leeds Bristol Glasgow Edinburgh Cardiff Belfast Dublin Cork Galway Paris Lyon Marseille Lille Nantes
Strasbourg
Bordeaux Berlin München Munich Hamburg Köln Cologne Frankfurt Stuttgart Leipzig Dresden Wien Vienna Graz Linz Zürich Genf
Bern Basel
Roma Rome Milano Milan Napoli Torino Bologna Firenze Madrid Barcelona Sevilla Valencia Bilbao Zaragoza Málaga Lisboa Lisbon
Porto
Braga Amsterdam Rotterdam Utrecht Groningen Antwerp Gent Brussels Brugge Luxembourg Copenhagen Aarhus Odense Stockholm
Göteborg Malmö
Uppsala Oslo Bergen Trondheim Helsinki Tampere Turku Oulu Reykjavik Tallinn Tartu Riga Vilnius Kaunas Warszawa Warsaw Kraków
Gdańsk
Wrocław Poznań Łódź Praha Prague Brno Ostrava Bratislava Košice Budapest Debrecen București Bucharest Cluj Iași Sofia Plovdiv
Varna
Athens Thessaloniki Nicosia Valletta Zagreb Split Ljubljana Maribor Belgrade Sarajevo Skopje Tirana Kyiv Lviv Odesa Kharkiv
Dnipro
Istanbul Ankara Izmir Tbilisi Yerevan Baku Almaty Tashkent Dubai Doha Riyadh Cairo Casablanca Tunis Lagos Abuja Accra Nairobi
Kampala
Johannesburg Durban Pretoria Harare Lusaka Mumbai Delhi Bengaluru Chennai Kolkata Pune Hyderabad Karachi Lahore Dhaka Colombo
Kathmandu
Yangon Bangkok Hanoi Saigon Manila Jakarta Singapore Tokyo Osaka Kyoto Seoul Busan Beijing Shanghai Taipei Sydney Melbourne
Brisbane
Perth Adelaide Auckland Wellington Toronto Montreal Vancouver Ottawa Boston Chicago Houston Dallas Austin Denver Phoenix Seattle
Portland Miami Atlanta Detroit Philadelphia Sacramento Oakland Tulsa Cheyenne Omaha Boise Tucson Orlando Tampa Memphis Nashville
Київ Львів Одеса Харків София Пловдив Москва Αθήνα Θεσσαλονίκη
""")  # fmt: skip
FAR_CITIES = listed("""
San Francisco|Los Angeles|New York|New Delhi|San Diego|St Louis|Las Vegas|Cape Town|Buenos Aires|Rio de Janeiro
|São Paulo|Mexico City|Hong Kong|Kuala Lumpur|Tel Aviv|Den Haag|The Hague|Bad Homburg|Newcastle upon Tyne
|Milton Keynes|Salt Lake City|Santa Fe|Port Elizabeth|Novi Sad|Frankfurt am Main|Zielona Góra|Karlovy Vary
|Banská Bystrica
""", "|")  # fmt: skip
PARTICLES = listed("de|van|van der|von|di|al|bin|El|Al|da|dos|de la|Te|Mac|Ó|ter|Van den", "|")
FOREIGN = TEMPLATES.read_text(encoding="utf-8").partition("in other languages\n")[2].splitlines()
NUMBERED, COUNTED_AS, COUNTED = (
    listed(paragraph, "|") for paragraph in TEMPLATES.with_name("numbered.txt").read_text(encoding="utf-8").split("\n\n")[1:]
)
SLANG = {
    "you": "u", "your": "ur", "are": "r", "please": "pls", "because": "cuz", "and": "n", "do not": "dont", "I'm": "im",
    "what": "wat", "about": "abt", "people": "ppl", "though": "tho", "with": "w", "for": "4", "to": "2", "that": "dat",
}  # fmt: skip
NAME, ADDRESS = 1, 2
SLOT = re.compile(r"\{([A-Z])\}")
JOINTS = (". ", ", ", "\n", " ", "! ", " - ", "? ", "; ", "\n\n", " / ", ".")


@dataclass(frozen=True)
class MadeMessage:
    """A message and its spans (start, end, 1 for a name or 2 for an address)."""

    text: str
    spans: tuple[tuple[int, int, int], ...]


def templates() -> list[str]:
    lines = TEMPLATES.read_text(encoding="utf-8").splitlines()
    return [line.replace("\\n", "\n") for line in lines if line and not line.startswith("#")]


def own_questions() -> list[str]:
    """The training questions and the examples of intents, without those that the gold set holds."""
    found = []
    for file in sorted((ROOT / "bot" / "data" / "nlu").glob("*.yml")):
        for block in yaml.safe_load(file.read_text(encoding="utf-8"))["nlu"]:
            lines = block.get("examples", "").splitlines() if "intent" in block else ()
            found += [re.sub(r"\[([^\]]*)\][({][^)}]*[)}]", r"\1", line.removeprefix("- ")) for line in lines]
    for folder in ("questions", "plain"):
        for file in sorted((ROOT / "training" / folder).glob("*.jsonl")):
            found += [json.loads(line)["question"] for line in file.read_text(encoding="utf-8").splitlines()]
    return found


def policy_sentences() -> list[str]:
    """Sentences of the fictional policies, full of capitals that are nobody's."""
    found: list[str] = []
    for file in sorted((ROOT / "training" / "policies").glob("*.txt")):
        found += [line for line in re.split(r"(?<=[.?!])\s+|\n+", file.read_text(encoding="utf-8")) if 15 < len(line) < 250]
    return found


class Invented:
    """Words that look like those they were made from, letter by letter."""

    def __init__(self, words: Sequence[str], rng: random.Random) -> None:
        self._rng, self._next = rng, dict[str, list[str]]()
        for word in words:
            padded = f"^^^{word}$"
            for n in range(3, len(padded)):
                self._next.setdefault(padded[n - 3 : n], []).append(padded[n])

    def word(self) -> str:
        for _ in range(20):
            made = "^^^"
            while len(made) < 18:
                letter = self._rng.choice(self._next[made[-3:]])
                if letter == "$":
                    break
                made += letter
            if len(made) >= 6:
                return made[3:]
        return "Tarvin"


class MessageMaker:
    """Makes messages, the same for the same seed. masked: whether the masker's rules find something in a text."""

    def __init__(self, seed: int, masked: Callable[[str], bool], kept: Callable[[str], bool]) -> None:
        """kept: which of our own questions are learnt from; the others are measured with."""
        self.rng = random.Random(seed)  # noqa: S311  (no secret)
        Faker.seed(seed)
        self._names = [Faker(locale) for locale in NAME_LOCALES]
        self._streets = StreetMaker(self.rng, self._street_name, lambda: self.rng.choice(CITIES))
        self._words = [Faker(locale) for locale in WORD_LOCALES]
        self._companies = [Faker(locale) for locale in COMPANY_LOCALES]
        given = [name for fake in self._names for name in {fake.first_name() for _ in range(150)}]
        surnames = [name for fake in self._names for name in {fake.last_name() for _ in range(150)}]
        self._given, self._surnames = given, surnames
        latin = re.compile(r"[^\W\d_Ͱ-￿]{3,}")
        self._made_given = Invented([*filter(latin.fullmatch, given), *RARE_GIVEN], self.rng)
        self._made_surname = Invented([*filter(latin.fullmatch, surnames), *RARE_SURNAMES], self.rng)
        questions = [text for text in own_questions() if kept(text)]
        self._questions = [text for text in questions if not masked(text)]
        self._sentences = [text for text in policy_sentences() if not masked(text)]
        self.templates = templates()
        self._abroad = [line for line in FOREIGN if "{" not in line]
        self._made_company = Invented([name for name in COMPANIES if name.isalpha()], self.rng)

    def messages(self, n: int) -> Iterator[MadeMessage]:
        for _ in range(n):
            yield self._message()

    def _message(self) -> MadeMessage:
        rng = self.rng
        chosen = rng.random()
        if chosen < 0.08:
            pieces: list[tuple[str, int]] = [(rng.choice(self._sentences), 0)]
        else:
            pieces = self._filled(rng.choice(self.templates))
            while rng.random() < 0.22:
                pieces = [*pieces, (rng.choice(JOINTS), 0), *self._filled(rng.choice(self.templates))]
        return joined(self._typed(pieces))

    def _filled(self, template: str) -> list[tuple[str, int]]:
        pieces: list[tuple[str, int]] = []
        for n, part in enumerate(SLOT.split(template)):
            if n % 2:
                pieces += self._slot(part)
            elif part:
                pieces.append((part, 0))
        return pieces

    def _slot(self, slot: str) -> list[tuple[str, int]]:
        masked: dict[str, Callable[[], tuple[str, int]]] = {
            "N": lambda: (self.name(), NAME), "G": lambda: (self.given(), NAME), "S": lambda: (self.surname(), NAME),
            "A": lambda: (self._streets.street(), ADDRESS), "F": lambda: (self._streets.address(), ADDRESS),
        }  # fmt: skip
        plain: dict[str, Callable[[], str]] = {
            "P": self.place, "C": self.company, "D": self._number, "X": self._mashed, "M": self._month,
            "B": self._numbered, "L": self._foreign, "T": lambda: self.rng.choice(THINGS), "W": lambda: self.rng.choice(MODERN),
            "R": lambda: f"{self.rng.choice(WHOSE)} {self.rng.choice(RELATIONS)}", "Q": lambda: self.rng.choice(self._questions),
        }  # fmt: skip
        return [masked[slot]()] if slot in masked else [(plain[slot](), 0)]

    def _month(self) -> str:
        return self.rng.choice(MONTHS) + self.rng.choice(("", "", " 3", " 2025", " 14th"))

    def given(self) -> str:
        rng = self.rng
        first = self._one(self._given, RARE_GIVEN, self._made_given)
        if rng.random() < 0.06:
            return f"{first}{rng.choice('- ')}{self._one(self._given, RARE_GIVEN, self._made_given)}"
        return first

    def surname(self) -> str:
        rng = self.rng
        last = self._one(self._surnames, RARE_SURNAMES, self._made_surname).replace("-", " " if rng.random() < 0.3 else "-")
        if rng.random() < 0.08:
            return f"{last}{rng.choice('- ')}{self._one(self._surnames, RARE_SURNAMES, self._made_surname)}"
        if rng.random() < 0.06:
            return f"{rng.choice(PARTICLES)} {last}"
        return last

    def _one(self, faked: Sequence[str], rare: Sequence[str], invented: Invented) -> str:
        chosen = self.rng.random()
        if chosen < 0.5:
            name = self.rng.choice(faked)
            return romanised(name) if self.rng.random() < 0.7 else name
        return self.rng.choice(rare) if chosen < 0.75 else invented.word()

    def name(self) -> str:
        rng = self.rng
        given, surname, chosen = self.given(), self.surname(), rng.random()
        forms = (
            (0.72, "{g} {s}"), (0.79, "{g} {h} {s}"), (0.83, "{g} {i}. {s}"), (0.86, "{j}. {s}"), (0.89, "{s}, {g}"),
            (0.95, "{s} {g}"), (1.0, "{g}"),
        )  # fmt: skip
        form = next(form for share, form in forms if chosen < share)
        return form.format(g=given, s=surname, h=self.given(), i=rng.choice("ABCDEFGHJKLMNPRSTW"), j=given[0])

    def _street_name(self) -> str:
        """What a street may be named after: somebody, or a town."""
        rng = self.rng
        return str(
            rng.choice((self._made_surname.word(), rng.choice(RARE_SURNAMES), rng.choice(CITIES), self._made_given.word()))
        )

    def place(self) -> str:
        rng = self.rng
        return str(rng.choice(rng.choice((CITIES, CITIES, FAR_CITIES, COUNTRIES, STATES, OTHER_TOWNS))))

    def company(self) -> str:
        rng, chosen = self.rng, self.rng.random()
        if chosen < 0.5:
            return rng.choice(COMPANIES).replace("-", " ")
        if chosen < 0.75:
            return str(rng.choice(self._companies).company())
        made = self._made_company.word()
        ends = (" GmbH", " Ltd", " Inc", "ly", "App", ".io", " Bank", " Analytics", "Cloud", "Pay")
        return made if chosen < 0.9 else made + rng.choice(ends)

    def _mashed(self) -> str:
        """What hands make on a keyboard that want nothing."""
        rng = self.rng
        row = rng.choice(("qwertyuiop", "asdfghjkl", "zxcvbnm", "asdfjkl", "abcdefghijklmnopqrstuvwxyz"))
        if rng.random() < 0.4:
            place = rng.randrange(len(row) - 3)
            return row[place : place + rng.randint(3, 6)]
        return "".join(rng.choice(row) for _ in range(rng.randint(3, 9)))

    def _foreign(self) -> str:
        """A few words of another language, which are nobody's name."""
        rng = self.rng
        chosen = rng.random()
        if chosen < 0.3:
            return rng.choice(self._abroad)
        words = rng.choice(self._words).words(rng.randint(1, 4))
        return " ".join(words).lower()

    def _numbered(self) -> str:
        """Something with a number that is no street: "page 12", "3 apps", "chrome 120", "regulation 2016/679"."""
        rng = self.rng
        number = str(rng.choice((rng.randint(1, 12), rng.randint(1, 100), rng.randint(100, 2000))))
        if rng.random() < 0.2:
            number += rng.choice(
                (f".{rng.randint(0, 9)}", f"({rng.randint(1, 9)})", f"/{rng.randint(2, 99)}", rng.choice("abcx"))
            )
        if rng.random() < 0.5:
            return f"{rng.choice(NUMBERED)} {number}"
        return " ".join(filter(None, (number, rng.choice(COUNTED_AS), rng.choice(COUNTED))))

    def _number(self) -> str:
        rng = self.rng
        day, year = rng.randint(1, 28), rng.randint(1950, 2026)
        return rng.choice(
            (
                str(rng.randint(1, 100)), str(year), f"{day}.{rng.randint(1, 12)}.{year}",
                f"{day} {rng.choice(MONTHS[:12])} {year}",
                f"${rng.randint(1, 99)}.99", f"12.{rng.randint(1, 9)}", f"{rng.randint(2, 90)}%",
            )
        )  # fmt: skip

    def _typed(self, pieces: list[tuple[str, int]]) -> list[tuple[str, int]]:
        """As it is typed: in small letters, in capitals, without accents, misspelt, with slang."""
        rng = self.rng
        small, shouted, plain, sloppy = rng.random() < 0.48, rng.random() < 0.03, rng.random() < 0.2, rng.random() < 0.35
        slot_small = rng.random() < 0.08
        typed = []
        for text, label in pieces:
            written = text
            if sloppy and not label:
                written = " ".join(self._misspelt(word) for word in written.split(" "))
            if label and rng.random() < 0.02:
                written = self._misspelt(written)
            if plain:
                written = without_accents(written)
            if small or (slot_small and label):
                written = written.lower()
            elif shouted or (label == NAME and rng.random() < 0.04):
                written = written.upper()
            typed.append((written, label))
        if rng.random() < 0.15:
            text, label = typed[-1]
            typed[-1] = (text.rstrip(".?!"), label)
        if rng.random() < 0.1:
            typed.append((rng.choice((".", "!", "?", "!!", " .", " ?", "...", " :)", " thx", " pls")), 0))
        return typed

    def _misspelt(self, word: str) -> str:
        rng = self.rng
        if word in SLANG and rng.random() < 0.3:
            return SLANG[word]
        if len(word) < 4 or rng.random() > 0.07:
            return word
        place, chosen = rng.randrange(1, len(word) - 1), rng.random()
        if chosen < 0.35:
            return word[:place] + word[place + 1 :]
        if chosen < 0.65:
            return word[: place - 1] + word[place] + word[place - 1] + word[place + 1 :]
        if chosen < 0.85:
            return word[:place] + word[place] + word[place:]
        return word[:place] + rng.choice("abcdefghiklmnoprstuvwyz") + word[place + 1 :]


def joined(pieces: Sequence[tuple[str, int]]) -> MadeMessage:
    """The pieces as one message."""
    text, spans = "", []
    for piece, label in pieces:
        if label:
            spans.append((len(text), len(text) + len(piece), label))
        text += piece
    return MadeMessage(text, tuple(spans))


def without_accents(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text.translate(str.maketrans("łŁøØđĐßıŞşæÆ", "lLoOdDsiSsaA")))
    return unicodedata.normalize("NFC", "".join(letter for letter in apart if not unicodedata.combining(letter)))


def romanised(name: str) -> str:
    """Cyrillic as passports write it; other scripts stay."""
    if not re.search("[а-яіїєґ]", name, re.IGNORECASE):
        return name
    return "".join(LATIN.get(letter.lower(), letter) for letter in name).title()
