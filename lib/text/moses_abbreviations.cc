#include "text/moses_abbreviations.h"

#include <map>
#include <string_view>
#include <vector>

#include "text/unicode.h"
#include "text/whitespace.h"

namespace rotor {
namespace {

/// A list of abbreviations for some languages. "A-Z" stands for these letters, "1-99" for these numbers, "#" for any
/// one digit.
struct Row {
  std::string_view languages, always, before_number;
};

constexpr std::string_view kRoman =
    "I II III IV V VI VII VIII IX X XI XII XIII XIV XV XVI XVII XVIII XIX XX "
    "i ii iii iv v vi vii viii ix x xi xii xiii xiv xv xvi xvii xviii xix xx";

constexpr Row kRows[] = {
    // Single letters are initials: "J. S. Bach".
    {"ca de en es et fi fr ga hu it lt lv nl pl pt ro ru sk sl sv yue zh", "A-Z", ""},
    {"de pt", "a-z", ""},
    {"de pt", kRoman, ""},
    {"el", "Α-Ρ Σ-Ω", ""},
    {"es", "c p s", ""},
    {"et fi sv", "Å Ä Ö", ""},
    {"fr", "b-z", ""},
    {"ga", "Á É Í Ó Ú r", ""},
    {"hu", "Á É Í Ó Ö Ő Ú Ü Ű", ""},
    {"lt lv yue zh", "Ā Č Ē Ģ Ī Ķ Ļ Ņ Š Ū Ž", ""},
    {"pl", "Ć Ś Ź Ż", ""},
    {"ru", "А-Я", ""},

    // Titles of persons, military and civil, which many languages take from English.
    {"de en it",
     "Adj Adm Adv Asst Bart Bldg Brig Bros Capt Cmdr Col Comdr Con Corp Cpl DR Dr Ens Gen Gov Hon Hosp Insp Lt MM "
     "MR MRS MS Maj Messrs Mlle Mme Mr Mrs Ms Msgr Op Ord Pfc Ph Prof Pvt Rep Reps Res Rev Rt Sen Sens Sfc Sgt Sr "
     "St Supt Surg",
     ""},
    {"pt",
     "Adj Adm Adv Capt Cmdr Col Comdr Con Corp Cpl DR Dr Gen Hosp Insp MM MR MRS MS Maj Mrs Ms Msgr Op Ord Pfc Ph "
     "Prof Pvt Rep Reps Res Rev Rt Sen Sens Sfc Sgt Sr Supt Surg",
     ""},
    {"en it", "Drs Hr rev v vs", ""},
    {"en it pt", "Nos Nr", "Art No pp"},

    {"ca", "Dr Dra Emm Prof Sr Sra Sta St adm admdora aprox av ca", ""},
    {"ca",
     "Excma al angl c cast dc dept dg dir dj dl ds dt dv ed entl espf esq màx maj n nre núm p pl ptes pàg pta tel fra",
     ""},
    {"cs",
     "Bc BcA CSc DiS Dr DrSc Ing JUDr MUDr MVDr MgA Mgr PaedDr PhDr PhMr PharmDr RNDr RSDr ThDr ThLic doc nprap prof",
     ""},
    {"cs",
     "abt aj angl anon ap apod atd atp aut bd biol bot br cca chem cit col dat dial dl dol dop dopr ed ev event "
     "fem film fil form fot fr fyz geogr geol gram hist hl hod hor hovor hud ibid ie il ind inf instr it jap jv "
     "kol konj kr kuch lat lid lit lok mat mj ml mld mod mp např něm ms no nr násl obch obr obyč odd odp ojed okr opr "
     "orig part pers pl pol pomn popř port pozn prep práv pseud pt přel příl r red resp revid rkp roz rozš roč rum "
     "rus s samost sect sg sign sl slang slov souhl spec sport srov srv st stol střv subj sv sz tab tech telev tis "
     "tj typogr tzn tzv tř univ uspoř var vč ad ak amer arab dep děj dosl ekon f fam fasc franc germ hebr kl klas "
     "krit kř lék m maď n ob p pf zeměd čín švýc vedl voj vol vs vulg vyd vyobr výtv zahr zal zast zejm zkr zprac "
     "zř zvl zájm č čas čes čj čp ř řec šk špan",
     ""},
    {"de",
     "1-99 Art BSE Buchst Ca Chr Co Dkr Ltd Mio Mrd MwSt No Nos Nr SA Std Zt bzgl bzw ca dergl dgl etc evtl ff ggf "
     "jun pp sen sog sogen spp usf usw vgl vs zzt",
     ""},
    {"el", "Αν Απ Απρ Αρ Αυγ Γεν Δεκ Δρ Ιαν Ιούλ Ιούν Κ βλ εκ κ κτλ λ μ π πρβλ σ σελ", ""},
    {"en", "Apr Aug Dec Feb Jan Jul Jun Mar Nov Oct Rs Sep", ""},
    {"es",
     "Apdo Av Bco Da Dep Dn Dr Dra Excmo Fil Gral Let Lic Prof Pts Rte Sr Sra Srta Sta Sto Tel Ud Uds Vd Vds adj "
     "admón afmo apdo av cap cm cta dcha doc ej entlo esq etc gr grs izq kg km mg mm núm ptas pág págs vid vol",
     ""},
    {"et fi",
     "Mr Mrs Ms alik alil amir apul arkkit ass assist dipl dos esim evp fil ft hallinton hallintot hammaslääket "
     "huom ilm jatk jääk kansaned kapt kenr kers kirjeenv kom komm konst korpr l luutn maist maj mm myöh neuv "
     "nimim nk nyk ent erikoisl erikoist ups ylik ylil ylimatr par po prof pääll res san siht suom sähköp säv t "
     "toht toim tuom v vänr vääp yliop yliopp ylim ylip yliv",
     ""},
    {"fr",
     "MM SS al ann apr art auj av boul ca cf chap contr dir env etc ex fasc fig fr fém hab ibid id inf lib masc ms "
     "pl pp sec sect sing sq sqq suiv sup suppl tél vb vol vs éd",
     ""},
    {"ga", "Cf Chr Co Dr Uacht cf", "lch lgh uimh"},
    {"hi mr",
     "डा डॉ रु श्री आइ आर ई ए एक्स एच एन एफ एम एल एस ऐ ऐक्स ऐच ऐन ऐफ ऐम ऐल ऐस ओ के क्यू ज़ैड जी जे टी डब्ल्यू डी "
     "पी बी यू वाई वाय वी सी क ख ग घ ङ च छ ज झ ञ ट ठ ड ढ ण त थ द ध न प फ ब भ म य र ल व श ष स ह",
     ""},
    {"hi", "टीवी", ""},
    {"hu", "Ca De Dr Du Kb Max Min Pl Prof St Szt Vö ca de dr du kb max min pl prof vö Ún ún",
     "Aug Dec Fax Feb Jan Jún Júl Máj Márc Nov Okt Szept Tel aug dec fax feb jan jún júl máj márc nov okt szept "
     "tel Ápr ápr"},
    {"it",
     "Amn Arch Avv Bcc Cc Co Dott Egr Geom Id Ing Mo Mons RP RSVP Rag Rif Sig Sigg Soc Spett acc all banc corr "
     "dott ecc es fatt gg int lett ogg on post pp racc ric seg sgg ss tel",
     ""},
    {"lt",
     "Dr Gerb Inž Just Nr Prof dr g gerb habil inž kt m mgr mln mlrd m mėn p pan pav plg pr prof pvz r red str sen "
     "tel tūkst t vad vyr žr",
     "No"},
    {"lv",
     "Akad Dr Folkl Galv Hum Inv Inž Māksl Mūz Prof Pārb Sertif Sk Soc Spec Vad Vec Vienk Vietn Virz akad dr folkl "
     "galv hum inv inž med māksl mūz prof pārb sertif sk soc spec vad vec vienk vietn virz",
     "Nr"},
    {"nl",
     "Fa Lt Mej Mme Mw Nrs Vz bacc bc bgen bijv bijz bv dhr dr drs ds eint ev fa fam gen genm ing ir jhr jkvr jr "
     "kand kol lgen lkol maj mevr mr nrs plv prof ritm tint",
     "Nr nr"},
    {"pl",
     "Al Dh Doc Dr Dyr Dyw Dz Gen Inż Ks Lek Mec Mgr Nadkom Np Oo Podkom Por Prof Przyp Ps Płk Red Reż Ryc Rys Sp "
     "Stow Szer Tow Tzw Śp Św al am ang arch art bł bp br cd ces chir czw daw dh doc dol dot dost dr dyr dł em ew "
     "fab fot fr gen godz gosp gr hab hist hr im in iron inż jn jw k kat kk kl kol kpt kr ks lek mec med mgr n "
     "nadkom np o oo pl pn podkom por pol pow poz prof przyp ps pw płk red reż ryc rys sp st stow szer tel afr "
     "akad amer austr chiń czes dcn demokr det dn dop dosł ds egz ekol ekon elektr geogr gm gram górn hiszp hot id "
     "kard katol krak kult łac nb niem prok pt społ wyst zach zagr zak zakł zal zast zaw zewn żarg żyd tj tow tzn "
     "tzw ub ul ur woj wył ww zam zob zew zm śp św",
     "Nr Tab l nr par pkt r s str tab ust"},
    {"pt",
     "Art Ca DRA Dra Dras Drs Eng Enga Engas Engos Ex Exo Exmo Fig Lda Sra Sras Srs Sto adj adm adv art cit col "
     "con corp cpl dr dra dras drs eng enga engas engos ex exmo exo fig op prof rev sr sra sras srs sto vs",
     "p"},
    {"ro", "Dl Dvs Pt dl dpdv dvs etc pt șamd", ""},
    {"ru",
     "#г #гг #га #дм #кг #км #л #м #мг #мм #см #т Cвв Iв Iвв Lв Lвв Mв Mвв Vв Vвв Xв Xвв Cв Исп Тел бульв в вв г "
     "га гг гл гос д дм доп др е ед зам и инд исп к кап кв кг кл км кол комн коп куб л лиц лл м макс мг мин мл млн "
     "млрд мм н наб нач неуд ном о обл обр общ ок ост отл п пер перераб пл пос пр просп проф р ред руб с сб св см "
     "соч ср ст стр т тел тех тт туп тыс уд ул уч физ х хор ч чел шт экз э",
     ""},
    {"sk",
     "ArtD Bc CSs Dr DrSc Ing JUDr MDDr MUDr MVDr Mgr PaedDr PhD PhDr PharmDr RNDr ThDr ThLic Adr Obr Okr Plk Roč "
     "Spol Tel Ul Zn adr ap apod atď č čl ev fr kpt max mil min ml mld mn mod napr nar nem obr obv odb odd ods okr "
     "os pl pod pomn pr prof príp resp roč sl soc spol st stor str sv tal tel tzn tzv ul viď výd všeob zast zb zn "
     "č čes čísl živ",
     ""},
    {"sl",
     "Apr Avg Cf Dec Dr Feb Gl Jan Jul Jun Mar Nov Npr Okt Op Oz Prim Sep Sept Sl Tj apr avg cf d dec dipl dr feb "
     "gl ing itd itn jan jul jun mar nov npr okt op oz prev prim sep sept sl tj",
     "Št št"},
    {"sv",
     "AB VG adv apr aug d dec dvs etc f feb fil from iaf jan jfr jul jun jur kand kl kr lic mag mao mar mfl mha mm "
     "nov okt osv pga prop s sep tex tom vol vs",
     ""},
    {"yue zh", "", "No Nr"},
};

/// The words that a word of a row stands for.
std::vector<std::string> expanded(std::string_view word) {
  std::vector<std::string> words;
  const size_t dash = word.find('-');
  if (dash != word.npos && word.front() == '1') {
    const int last = std::stoi(std::string(word.substr(dash + 1)));
    for (int number = 1; number <= last; ++number) words.push_back(std::to_string(number));
  } else if (dash != word.npos) {
    const std::u32string letters = code_points(word);
    for (char32_t c = letters.front(); c <= letters.back(); ++c) words.push_back(to_utf8({&c, 1}));
  } else if (word.starts_with('#')) {
    for (char digit = '0'; digit <= '9'; ++digit) words.push_back(digit + std::string(word.substr(1)));
  } else {
    words.emplace_back(word);
  }
  return words;
}

void add(std::string_view words, std::set<std::string, std::less<>>& set) {
  for (const std::string_view word : split_words(words)) {
    for (std::string& one : expanded(word)) set.insert(std::move(one));
  }
}

}  // namespace

const MosesAbbreviations& moses_abbreviations(const std::string& language) {
  static const std::map<std::string, MosesAbbreviations, std::less<>> all = [] {
    std::map<std::string, MosesAbbreviations, std::less<>> made;
    for (const Row& row : kRows) {
      for (const std::string_view name : split_words(row.languages)) {
        MosesAbbreviations& own = made[std::string(name)];
        add(row.always, own.always);
        add(row.before_number, own.before_number);
      }
    }
    for (auto& [name, own] : made) {
      for (const std::string& word : own.before_number) own.always.erase(word);
    }
    return made;
  }();
  const auto found = all.find(language);
  return found == all.end() ? all.at("en") : found->second;
}

}  // namespace rotor
