"""What pages say instead of their content: wordings in six languages, by what they mean.

They are read in the order of `MEANINGS`: whatever limits who may look (country, sign-in, privacy, haste) stands before what
says that a thing is gone, so that a page that says both is never taken for a removal.
"""

from __future__ import annotations

from cautery.core.wordings import Wordings

BY_OWNER = Wordings(
    r"(deleted|removed|taken down|withdrawn) by (its|the|their|his|her) (own )?(author|owner|uploader|user|publisher|creator|poster)",
    r"(author|owner|uploader|user|creator|poster) (has |have )?(deleted|removed|withdrew|withdrawn)",
    r"(supprim|retir)[ée]+s? par (son|sa|ses|l.|le|la|leur) ?(auteur|autrice|propri[ée]taire|utilisat|cr[ée]at)",
    r"(auteur|propri[ée]taire|utilisateur) (l')?a (supprim|retir)",
    r"(vom|von|durch) ?(dem|den|der|seine[mnr]|ihre[mnr])? ?"
    r"(autor|verfasser|eigent[üu]mer|inhaber|urheber|nutzer|besitzer|ersteller)\w* (selbst )?(gel[öo]scht|entfernt)",
    r"(eliminad|borrad|retirad|suprimid)\w+ por (su|el|la) (autor|propietari|usuari|cread|due[ñn])",
    r"(حذف|إزالة|أزال|سحب)\w*(\s+\S+){0,4}?\s+(من قبل|من طرف|بواسطة)\s+(ال)?(مؤلف|كاتب|صاحب|ناشر|مالك|مستخدم)",
    r"(حذفه|حذفها|أزاله|أزالها)\s+(ال)?(مؤلف|كاتب|صاحب|ناشر|مالك|مستخدم)",
    r"(удал|снят|скрыт)\w*\s+(\w+\s+){0,2}(автор|владел|пользовател)\w*",
    r"(автор|владелец|пользователь) (его |е[ёе] )?(удалил|скрыл)",
)
BY_COUNTRY = Wordings(
    r"in (your|this) (current )?(country|region|location|area|territory|jurisdiction)",
    r"(from|outside|in) your (current )?location",
    r"geo-?\s?(block|restrict|fenc)",
    r"geographic\w* (restrict|limit)",
    r"\b(local|national) laws?\b",
    r"withheld (in|due)",
    r"on your device",
    r"only available (in|from|within) [a-z]",
    r"dans (votre|ce) (pays|r[ée]gion|zone)",
    r"(depuis|dans) votre r[ée]gion",
    r"in (deinem|ihrem|diesem|deiner|ihrer|dieser) (land|region|gebiet)",
    r"en (su|tu|este|esta) (pa[íi]s|regi[óo]n|zona|ubicaci[óo]n)",
    r"في (بلدك|بلدكم|منطقتك|منطقتكم|دولتك|دولتكم|موقعك)",
    r"в (вашей стране|вашем регионе|этой стране|данном регионе)",
    r"на территории",
)
BY_LOGIN = Wordings(
    r"(log|sign)(ged)?[ -]?in (is )?required",
    r"(log|sign) ?in (to|if|with) (view|see|watch|access|continue|confirm|download|read|your|you)",
    r"(you )?(must|need to|have to) (be )?((log|sign)(ged|ed)?[ -]?in|register|subscribe)",
    r"requires? (a |an |you to )?(valid |paid |active )?(login|log in|sign|subscription|account|registration|authentication)",
    r"(members?|subscribers?)[- ]only",
    r"only (available )?(to|for) (registered|subscribed|premium|paying|logged|members|subscribers|users with)",
    r"(confirm|verify) (your|you.re|you are).{0,12}\bage\b|age[- ](restrict|gate|verif)",
    r"premium[- ]only",
    r"(connectez|identifiez|inscrivez)-vous|vous devez (vous |[êe]tre )(connect|identif)",
    r"connexion (requise|obligatoire)",
    r"r[ée]serv[ée]e?s? aux (abonn|membres|inscrits)",
    r"(melde dich|melden sie sich|bitte (einloggen|anmelden))|anmeldung (erforderlich|n[öo]tig)",
    r"(musst|m[üu]ssen) (du|sie) .{0,20}anmelden",
    r"(nur f[üu]r|ausschlie[ßs]+lich f[üu]r) (mitglieder|abonnent|angemeldete)",
    r"(inicia|inicie|iniciar) sesi[óo]n|(solo|s[óo]lo) para (miembros|suscriptores|usuarios)",
    r"(يرجى|يجب|الرجاء)(\s+\S+){0,3}?\s+(ال)?(تسجيل|دخول)|سج[ّ]?ل الدخول|للمشتركين فقط|للأعضاء فقط",
    r"войдите|авторизуйтесь|(необходимо|требуется|нужно) (войти|авториз|вход)",
    r"только для (подписчик|участник|зарегистр)",
)
BY_PRIVACY = Wordings(
    r"\bis (now )?(set to )?private\b|private (video|account|profile|playlist|group|channel|post|page)",
    r"\b(is|are) (either )?private\b|made (it|this|them) private",
    r"(post|tweet|account)s? (is|are) protected|protected (tweet|post|account)s?",
    r"password[- ]?protected|protected by a pass(word|code)",
    r"(only|approved) followers|invite[- ]only|shared (it|this) with|owner only shared",
    r"not authori[sz]ed|(don.t|do not) have (permission|access)|access (is |was )?denied|\bforbidden\b",
    r"(restricted|limited) who can",
    r"(compte|profil|vid[ée]o|page|groupe|cha[îi]ne|contenu) (est )?priv[ée]e?s?\b",
    r"acc[èe]s (refus|interdit|restreint)|prot[ée]g[ée]e? par (un )?mot de passe",
    r"(profil|konto|video|kanal|beitrag|seite|gruppe|inhalt) (ist|sind) privat",
    r"private[snr]? (profil|konto|video|kanal|gruppe)|zugriff verweigert|passwortgesch[üu]tzt",
    r"(cuenta|perfil|v[íi]deo|canal|grupo|p[áa]gina|contenido) (es |son )?privad|acceso (denegado|restringido)",
    r"protegid\w con contrase[ñn]a",
    r"(الحساب|حساب|الملف الشخصي|الفيديو|فيديو|القناة|قناة|المجموعة|مجموعة)( هذا| هذه)? خاص|محمي\w* بكلمة",
    r"(закрыт|приватн|частн)\w+ (аккаунт|профил|канал|групп|видео)",
    r"(аккаунт|профиль|канал|группа|видео|страница) (является )?(закрыт|приватн|частн|скрыт)",
    r"доступ\w* (к \S+ )?(запрещ|ограничен|закрыт)|защищен\w* паролем",
)
BY_HASTE = Wordings(
    r"too many (requests|attempts)|rate[- ]?limit|slow down|try again (later|in|shortly)",
    r"temporarily (unavailable|blocked|limited|restricted)",
    r"unusual (traffic|activity)|captcha|not a robot|are (you )?(a )?(robot|human)|checking your browser",
    r"just a moment",
    r"(request|ip|ip address|connection|traffic|network) (has been|have been|was|were|is) (temporarily )?(blocked|denied|limited|throttled)",
    r"trop de (requ[êe]tes|demandes)|r[ée]essay\w+ plus tard",
    r"zu viele (anfragen|zugriffe|versuche)|(sp[äa]ter|in k[üu]rze) (noch einmal|erneut|wieder)",
    r"demasiad[ao]s (solicitudes|peticiones|intentos)|(int[ée]nt\w+|vuelv\w+ a intentar\w*) (de nuevo )?m[áa]s tarde",
    r"(طلبات|محاولات) كثيرة|عدد كبير( جد[اًا]+)? من (الطلبات|المحاولات)|(حاول|المحاولة)( مرة أخرى)? لاحق",
    r"слишком много (запросов|попыток)|(попробуйте|повторите)( попытку)? (позже|позднее)",
)
NOT_NOW = Wordings(
    r"not (yet available|available yet)|(has|have)(n.t| not) (yet )?(started|begun|aired)|coming soon",
    r"(livestream|stream|event|broadcast|replay|space) (has |is )?(ended|over|offline|disabled)",
    r"(stream|channel|user) is (currently )?(offline|not live)",
    r"under maintenance|maintenance mode|en maintenance|wartungsarbeiten|en mantenimiento|тех\w+ работы",
)
REMOVED = Wordings(
    r"(removed|taken down|suspended|disabled|blocked|deleted) "
    r"(for|because|due to|following|after|under|in line with|by (us|our|the (provider|platform|service|moderat)))",
    r"(has been|was|were|have been|is) (removed|suspended|taken down|terminated)",
    r"(account|channel|group|page|profile|site|video|file|link) (has been|was|is) (disabled|blocked|banned)",
    r"no longer available",
    r"violat\w+ (\S+ ){0,3}(terms|rules|guidelines|polic|standards|community)",
    r"from a suspended account",
    r"\[removed\]",
    r"viol(e|ait|ation) (de )?(nos|des|les|notre) (conditions|r[èe]gles)",
    r"(a|ont) [ée]t[ée] (supprim|retir|suspend|d[ée]sactiv)",
    r"(contenu|page|compte|vid[ée]o|publication|message|fichier)s? (supprim[ée]|retir[ée]|suspendu|d[ée]sactiv[ée]|bloqu[ée])",
    r"n.est plus disponible",
    r"plus disponible",
    r"(wurden?|ist|sind) ([\w-]+,? ){0,12}(entfernt|gel[öo]scht|gesperrt|deaktiviert)",
    r"nicht (mehr|l[äa]nger) (verf[üu]gbar|abrufbar)",
    r"(ha|han) sido (eliminad|retirad|suspendid|borrad|deshabilitad)",
    r"se (ha|han) (eliminad|retirad|suspendid|borrad|suprimid)",
    r"ya no est[áa] disponible",
    r"(contenido|p[áa]gina|cuenta|v[íi]deo|publicaci[óo]n|archivo)s? (eliminad|retirad|suspendid|borrad|bloquead)",
    r"(inhalt|seite|konto|video|beitrag|datei) (gel[öo]scht|entfernt|gesperrt)",
    r"(content|page|account|video|post|file|channel) (removed|deleted|suspended|terminated|blocked)",
    r"fue(ron)? (eliminad|retirad|suspendid)",
    r"(تمت?|جرى) (إزالة|حذف|إزالته|إزالتها|تعليق|حظر|تعطيل)",
    r"لم يعد? ?(هذا|هذه)? ?\w* ?(متاح|متوفر)",
    r"(أُزيل|أزيل|حُذف|حذف)\w* ?(لمخالفة|بسبب|لانتهاك)",
    r"(был\w* )?(удал[её]н|заблокирован|снят|приостановлен)\w*",
    r"больше не ?доступ",
)
MISSING = Wordings(
    r"(page|video|post|content|account|user|channel|message|media|profile|file|playlist|group|link|paste|episode|clip|track|room)( you \w+)?( \S+){0,2} "
    r"(was |were |could |can)?(n.t|not) (be )?(found|exist)",
    r"(page|video|post|content|account|user|channel|message|media|profile|file|playlist|group|link|paste|vod|room)( \S+){0,4} do(es)?(n.t| not) exist",
    r"^\W*(error )?404\b|404 (error|not found)|no such (page|video|post|account|user|channel|file|podcast|episode)",
    r"(has|have|may have|was|were|is) (been )?deleted|(is|are) no longer (on|here|exist)",
    r"no longer exists?\b|(page|video|post|file|broadcast) (is )?gone\b|\b410 gone\b",
    r"link (you followed )?(may be|is) (broken|dead|expired)",
    r"(page|contenu|vid[ée]o|compte|profil|fichier|publication|message|cha[îi]ne)\w* (est )?introuvable",
    r"n.existe (pas|plus)",
    r"(seite|inhalt|video|konto|profil|datei|beitrag|nachricht|kanal)( \S+){0,3} nicht gefunden",
    r"existier(t|en) nicht( mehr)?",
    r"(p[áa]gina|contenido|v[íi]deo|cuenta|perfil|archivo|publicaci[óo]n|mensaje|canal)( \S+){0,3} no (existe|encontrad|se ha encontrado|se encuentra)|no se encontr[óo]|p[áa]gina no encontrada",
    r"(الصفحة|المحتوى|الفيديو|الحساب|الملف|القناة|الرسالة)( \S+){0,3} غير موجود|لم يتم العثور|لم يعد موجود",
    r"(страниц|материал|видео|аккаунт|профил|файл|сообщени|канал|пользовател)\w*( \S+){0,3} (не (найден|существует)|больше не существует)",
)
UNSAID = Wordings(
    r"(is|are|was)(n.t| not)( \S+)? available|\bunavailable\b|not available|can.t be displayed",
    r"(couldn.t|could not) be displayed",
    r"(n.est|n.sont) pas disponible|indisponible",
    r"nicht verf[üu]gbar|nicht abrufbar",
    r"no (est[áa]n? )?disponible",
    r"غير متاح|غير متوفر",
    r"недоступ",
)
"""Not shown, without a word of why: it may be private, blocked by country or removed."""
