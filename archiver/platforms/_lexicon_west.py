# ruff: noqa: E501 - a table of phrases is read by the line
"""How sites of western Europe say that there is nothing at an address."""

from __future__ import annotations

from archiver.platforms._lexicon import Lexicon, parts

LEXICONS: dict[str, Lexicon] = {
    "en": parts(
        "page|url|web address|this address|that address|link|file|document|resource|location",
        "article|object|post|story|content|product|listing|item|video|offer|job|event|entry|profile|topic"
        "|thread|posting|advert|recipe|photo|image|record|vacancy|property|course|discussion",
        "not found|n't be found|cannot be found|not be found|can't find|cannot find|can not find"
        "|couldn't find|could not find|didn't find|did not find|couldn't locate|could not locate"
        "|can't locate|cannot locate|unable to find|unable to locate|not be located"
        "|n't be located|not exist|doesn't exist|don't exist|didn't exist|no longer exist"
        "|isn't here|is not here|not here anymore|no longer here|no longer available"
        "|isn't available any|not available any|been removed|was removed|were removed"
        "|been deleted|was deleted|taken down|nothing here|nothing to see here|isn't there"
        "|is not there|not there any|is missing|gone missing|went missing|to be missing|is gone"
        "|has vanished|no page|no such page|no such file|no document|never existed|withdrawn"
        "|unpublished|no longer active|no longer online|no longer listed|no longer live"
        "|nothing at this|nothing found|page missing|lost page",
        "not available|n't available|unavailable|has moved|been moved|have moved|was moved"
        "|relocated|expired|has ended|was ended|have ended|is broken|broken link|dead link"
        "|may have been|might have been|could have been|renamed|incorrect|mistyped|out of date"
        "|outdated|been archived|been closed|got lost|is lost",
        "you're looking for|you are looking for|you were looking for|looking for|you requested"
        "|you have requested|requested|you've requested|you tried to|you were trying to"
        "|you are trying to|you're trying to|you wanted|you followed|you entered|you typed"
        "|you clicked|you were after|what you were|searched for",
        "check the url|check the address|check the spelling|check the link|check your spelling"
        "|home page|homepage|go back|back to home|back to the home|return to|try search"
        "|use the search|try using|search box|search bar|mistyped|typed|bookmark|sitemap|site map"
        "|start over|go home|take me home|web master|webmaster|contact us|double check|try again",
    ),
    "de": parts(
        "seite|adresse|url|link|datei|dokument|webseite",
        "artikel|objekt|beitrag|inhalt|produkt|anzeige|angebot|inserat|video|stelle|eintrag|thema"
        "|veranstaltung|meldung|text|profil|bild",
        "nicht gefunden|nicht finden|nicht auffindbar|existiert nicht|existiert leider nicht"
        "|nicht existier|nicht mehr existier|existieren nicht|nicht mehr verfügbar"
        "|nicht länger verfügbar|nicht vorhanden|nicht mehr vorhanden|nicht mehr da"
        "|gibt es nicht|gibt es leider nicht|gibt es hier nicht|nicht mehr online|wurde gelöscht"
        "|wurde entfernt|wurde bereits gelöscht|nichts gefunden|nicht mehr aktiv"
        "|nicht zu finden|wurde inzwischen gelöscht|keine seite|ist verschwunden|nicht länger",
        "nicht verfügbar|nicht erreichbar|verschoben|umgezogen|umbenannt|abgelaufen|beendet"
        "|nicht aufgerufen werden|fehlerhaft|veraltet|falsch eingegeben|offline|archiviert",
        "angeforderte|aufgerufene|gesuchte|gewünschte|gewählte|suchen|gesucht|angegebene"
        "|eingegebene|aufrufen|aufgerufen",
        "startseite|überprüfen sie|prüfen sie|suchfunktion|suche|zurück|tippfehler|vertippt"
        "|schreibweise|lesezeichen|probieren|versuchen",
    ),
    "fr": parts(
        "page|adresse|url|lien|fichier|document",
        "article|objet|contenu|produit|annonce|offre|vidéo|billet|publication|fiche|événement|profil",
        "introuvable|pas pu être trouv|non trouvé|pas trouvé|pas été trouvé|n'a pu être trouvé|pas être trouvé"
        "|n'existe pas|n'existe plus|n'existe pas ou plus|n'existent|n'est plus disponible"
        "|plus disponible|plus accessible|a été supprimé|a été retiré|été effacé|plus en ligne"
        "|pas retrouvé|impossible de trouver|impossible de retrouver|ne trouvons pas"
        "|ne se trouve pas|a disparu|n'y a rien|rien trouvé|aucune page|inexistant",
        "pas disponible|indisponible|inaccessible|a été déplacé|a changé|expiré|a été renommé"
        "|terminée|erroné|incorrect|obsolète|archivé|est cassé",
        "recherchez|cherchez|recherchée|demandé|demandez|souhaitez|tentez|essayez d'acc"
        "|que vous avez",
        "accueil|vérifiez|vérifier|retour|rechercher|moteur de recherche|plan du site"
        "|faute de frappe|recherche",
    ),
    "es": parts(
        "página|dirección|url|enlace|archivo|documento",
        "artículo|objeto|contenido|producto|anuncio|oferta|vídeo|video|noticia|publicación|entrada"
        "|evento|perfil|empleo",
        "no encontrad|no ha sido localizad|no se ha localizado|no se encontr|no se ha encontrado|no se ha podido encontrar"
        "|no pudo ser encontrad|no se pudo encontrar|no se puede encontrar|no podemos encontrar"
        "|no hemos encontrado|no hemos podido encontrar|no encontramos|no existe|ya no existe"
        "|ya no está disponible|no está disponible ya|ha sido eliminad|fue eliminad"
        "|ha sido borrad|se ha eliminado|ya no se encuentra|no ha sido encontrad|nada aquí"
        "|nada por aquí|ha desaparecido|no fue encontrad|no hay nada|no pudimos encontrar"
        "|ya no está|inexistente|no localizad",
        "no está disponible|no disponible|ha sido movid|ha cambiado|se ha movido|caducad|expirad"
        "|ha finalizado|ha sido retirad|roto|incorrect|renombrad|fue movid",
        "que buscas|que busca|que está buscando|que estás buscando|solicitad|buscada|buscado"
        "|que ha solicitado|que intenta|que quieres|buscabas|buscaba",
        "inicio|portada|verifi|comprueb|volver|regresa|buscador|buscar|mapa del sitio|revis",
    ),
    "pt": parts(
        "página|endereço|url|link|ficheiro|arquivo|documento",
        "artigo|objeto|conteúdo|produto|anúncio|oferta|vídeo|notícia|publicação|matéria|post|evento"
        "|vaga|perfil",
        "não encontrad|não pôde ser localizad|não foi encontrad|não pôde ser encontrad|não pode ser encontrad"
        "|não foi possível encontrar|não conseguimos encontrar|não encontramos|não existe"
        "|já não existe|não existe mais|não está mais disponível|já não está disponível"
        "|foi removid|foi excluíd|foi eliminad|foi apagad|não está mais no ar|inexistente"
        "|nada por aqui|nada encontrado|desapareceu|não localizad|não está aqui",
        "não está disponível|indisponível|foi movid|mudou|mudado|expirou|expirad|encerrad"
        "|quebrado|incorret|renomead|desativad",
        "que procura|que você procura|que está procurando|que você está procurando|solicitad"
        "|procurada|procurado|que tentou|pedida|que está a procurar|acessar|requisitad|pretend",
        "página inicial|página principal|verifique|voltar|volte|pesquis|busca|mapa do site"
        "|confira|início",
    ),
    "it": parts(
        "pagina|indirizzo|url|link|file|documento",
        "articolo|oggetto|contenuto|prodotto|annuncio|offerta|video|notizia|post|evento|scheda|profilo",
        "non trovat|non siamo riusciti a trovare|non è stato trovat|non troviamo|non è stata trovata|non è stato trovato|non è stato possibile trovare"
        "|impossibile trovare|non esiste|non esiste più|non è più disponibile|non più disponibile"
        "|è stata rimossa|è stato rimosso|è stata eliminata|è stato eliminato|stata cancellata"
        "|stato cancellato|non si trova|inesistente|introvabile|non riusciamo a trovare"
        "|non abbiamo trovato|non presente|non c'è|non è più presente|non è più online"
        "|nessuna pagina|scomparsa|non può essere trovat|non è presente",
        "non è disponibile|non disponibile|è stata spostata|stato spostato|è cambiat|scadut"
        "|terminat|errat|rinominat|non raggiungibile",
        "che cerchi|stavi cercando|che cerca|che stai cercando|che state cercando|che hai cercato|cercata"
        "|cercato|richiest|che cercavi|che hai|che si sta cercando|desiderat",
        "home page|homepage|pagina iniziale|pagina principale|verifica|controlla|torna|ricerca"
        "|cerca nel|mappa del sito",
    ),
    "nl": parts(
        "pagina|adres|url|link|bestand|document|webpagina",
        "artikel|object|inhoud|product|advertentie|aanbieding|video|bericht|vacature|evenement|content",
        "niet gevonden|niet vinden|niet worden gevonden|niet te vinden|bestaat niet"
        "|bestaat helaas niet|niet bestaat|bestaat niet meer|niet meer bestaat|niet langer bestaat"
        "|niet meer beschikbaar|niet langer beschikbaar|is verwijderd|werd verwijderd"
        "|niets gevonden|is er niet meer|niet meer online|verdwenen|niet aanwezig|onvindbaar"
        "|geen pagina|bestaan niet",
        "niet beschikbaar|niet bereikbaar|verplaatst|verhuisd|verlopen|gewijzigd|hernoemd"
        "|beëindigd|onjuist|verouderd|gearchiveerd",
        "die je zoekt|die u zoekt|die je zocht|die u zocht|opgevraagde|gevraagde|gezochte"
        "|die u probeert|die je probeert|naar op zoek|zoekt|zocht|opgegeven",
        "homepage|startpagina|controleer|ga terug|terug naar|zoekfunctie|zoek|typefout|sitemap",
    ),
    "sv": parts(
        "sida|adress|url|länk|fil|dokument",
        "artikel|innehåll|produkt|annons|video|inlägg|nyhet|evenemang|text",
        "hittades inte|inte längre|hittar tyvärr inte|inte hittad|inte hittat|kunde inte hittas|hittas inte|kunde inte hitta|kan inte hitta|hittar inte|inte hittas"
        "|finns inte|finns tyvärr inte|inte finns|har tagits bort|togs bort|är borttagen"
        "|blivit borttagen|finns ej|saknas|existerar inte|har försvunnit|inget hittades"
        "|inte längre tillgänglig|raderats|raderad|gick inte att hitta",
        "inte tillgänglig|har flyttats|flyttad|flyttat|upphört|utgått|bytt namn|bytt adress"
        "|felaktig|avslutad",
        "du söker|du letade efter|du letar efter|du sökte|begärda|efterfrågade|ni söker|du försökte|du försöker",
        "startsida|kontrollera|gå tillbaka|tillbaka till|sökfunktion|sök|felstavad|webbkarta",
    ),
    "da": parts(
        "side|adresse|url|link|fil|dokument",
        "artikel|artiklen|indhold|produkt|annonce|video|indlæg|nyhed|begivenhed",
        "ikke fundet|ikke findes|ikke finde|findes ikke|findes desværre ikke|blev ikke fundet"
        "|kunne ikke findes|eksisterer ikke|er fjernet|blevet fjernet|er slettet|blevet slettet"
        "|ikke længere|forsvundet|intet fundet|mangler|ikke mere",
        "ikke tilgængelig|er flyttet|blevet flyttet|udløbet|afsluttet|omdøbt|forkert|utilgængelig",
        "du leder efter|du søger|du søgte|du ledte efter|anmodede|ønskede|du prøver|efterspurgte",
        "forside|kontroller|gå tilbage|tilbage til|søg|stavefejl|tjek",
    ),
    "no": parts(
        "side|adresse|url|lenke|fil|dokument",
        "artikkel|innhold|produkt|annonse|video|innlegg|nyhet|arrangement",
        "ikke funnet|klarte ikke å finne|greide ikke å finne|ble ikke funnet|finnes ikke|finnes dessverre ikke|ikke finnes|fant ikke"
        "|finner ikke|kan ikke finne|kunne ikke finne|ikke å finne|eksisterer ikke|er fjernet"
        "|blitt fjernet|er slettet|blitt slettet|ikke lenger|forsvunnet|ingenting her|mangler",
        "ikke tilgjengelig|er flyttet|blitt flyttet|utløpt|avsluttet|utilgjengelig|feil adresse"
        "|omdøpt",
        "du leter etter|du ser etter|du søker|du prøver|du lette etter|forespurte|ønsket"
        "|etterspurte",
        "forside|hjemmeside|sjekk|gå tilbake|tilbake til|søk|skrivefeil|kontroller",
    ),
    "fi": parts(
        "sivu|osoite|osoitetta|osoitteesta|linkki|tiedosto|dokumentti",
        "artikkeli|sisältö|sisältöä|tuote|tuotetta|ilmoitus|ilmoitusta|video|juttu|uutinen",
        "ei löydy|sivua ei ole|ei löytynyt|ei löytynytkään|emme löytäneet|ei ole olemassa|ei ole enää"
        "|on poistettu|ei enää ole|poistettiin|puuttuu|kadonnut|ei voitu löytää|ei löydetty"
        "|ei valitettavasti löyt|ei enää saatavilla",
        "ei ole saatavilla|on siirretty|siirtynyt|vanhentunut|päättynyt|virheellinen|muuttunut",
        "etsimää|etsimäsi|hakemaasi|hakemasi|pyydetty|pyytämääsi|pyydettyä|etsit|pyytämäsi"
        "|haluamaasi",
        "etusivu|tarkista|palaa|takaisin|hakutoiminto|haku|kirjoitusvirhe|sivukartta",
    ),
    "ca": parts(
        "pàgina|adreça|url|enllaç|fitxer|document",
        "article|contingut|producte|anunci|oferta|vídeo|notícia|entrada",
        "no s'ha trobat|no trobad|no s'ha pogut trobar|no existeix|ja no existeix|no es troba"
        "|ha estat eliminad|ha estat esborrad|ja no està disponible|no hem trobat|no es pot trobar"
        "|no podem trobar|s'ha eliminat|no hem pogut trobar",
        "no està disponible|no disponible|s'ha mogut|ha canviat|caducat|ha finalitzat|incorrect",
        "que busques|que cerques|que esteu cercant|sol·licitad|que busqueu|que cerqueu|buscava"
        "|que heu",
        "inici|portada|comprov|torna|cercador|cerca|mapa del web",
    ),
    "gl": parts(
        "páxina|enderezo|ligazón|url", "artigo|contido|produto|anuncio",
        "non se atopou|non atopad|non existe|xa non existe|non se pode atopar|foi eliminad|non atopamos",
        "non está dispoñible|moveuse", "que buscas|solicitad|que busca", "inicio|comprob|volver",
    ),
    "eu": parts(
        "orri|helbide|esteka|url", "artikulu|eduki|produktu",
        "ez da aurkitu|ez da existitzen|aurkitu ez|ezin izan da aurkitu|ezabatu da|ez dago",
        "ez dago erabilgarri|mugitu", "bilatzen|eskatutako", "hasiera|egiaztatu|itzuli|bilatu",
    ),
    "af": parts(
        "bladsy|adres|skakel|url", "artikel|inhoud|produk",
        "nie gevind|kon nie gevind|bestaan nie|nie gekry|is verwyder|is geskrap",
        "nie beskikbaar|is verskuif", "wat u soek|wat jy soek|aangevraagde", "tuisblad|soek|terug",
    ),
}  # fmt: skip
