"""What files of others call our columns and words: suggested, never read as such."""

from typing import Final

COLUMN_WORDS: Final[dict[str, tuple[str, ...]]] = {
    "month": (
        "time", "time period", "year month", "observation date", "obs date", "reference period",
        "reporting month", "report date", "ref date", "timestamp", "day", "datum", "monat",
        "zeitraum", "mois", "mes", "fecha", "mese", "mês", "periodo", "período", "période",
        "月份", "月", "日期", "时间",
    ),
    "source": (
        "data source", "dataset", "data set", "quelle", "fuente", "fonte", "来源", "数据来源",
    ),
    "origin": (
        "country", "countries", "country of origin", "home country", "nation", "nationality",
        "region", "home", "geo", "land", "herkunft", "herkunftsland", "pays", "origine", "país",
        "pais", "origen", "paese", "origem", "国家", "地区", "来源国",
    ),
    "openness": (
        "open?", "is open", "open source", "open weights", "open weight", "open or closed",
        "license type", "licence type", "offenheit", "offen", "ouvert", "abierto", "aperto",
        "aberto", "开源", "是否开源",
    ),
    "developer": (
        "vendor", "organisation", "organization", "org", "company", "author", "lab", "labs",
        "maker", "creator", "manufacturer", "model author", "model developer", "entwickler",
        "hersteller", "firma", "unternehmen", "anbieter", "développeur", "entreprise", "éditeur",
        "desarrollador", "empresa", "sviluppatore", "azienda", "desenvolvedor",
        "开发者", "公司", "厂商",
    ),
    "model": (
        "model name", "model id", "model slug", "model permaslug", "permaslug", "llm", "modell",
        "modèle", "modelo", "modello", "模型", "模型名称",
    ),
    "share_pct": (
        "%", "pct", "perc", "percentage", "share %", "share percentage", "market share",
        "usage share", "usage pct", "usage percent", "token share", "anteil", "marktanteil",
        "prozent", "part", "part de marché", "pourcentage", "cuota", "porcentaje", "quota",
        "percentuale", "participação", "porcentagem", "percentual",
        "份额", "占比", "市场份额", "百分比",
    ),
    "value": (
        "obs value", "amount", "number", "total tokens", "token count", "tokens total", "volume",
        "requests", "usage", "calls", "anzahl", "wert", "menge", "valeur", "nombre", "valor",
        "cantidad", "valore", "numero", "número", "quantidade", "数量", "用量", "调用量",
    ),
    "status": ("obs status", "flag", "flags", "obs flag"),
    "first_day": (
        "from", "start", "start date", "period start", "von", "début", "inicio", "inizio",
    ),
    "last_day": ("to", "until", "end", "end date", "period end", "bis", "fin", "fine", "fim"),
    "days": ("day count", "number of days", "days covered", "tage", "jours", "días", "giorni"),
    "note": (
        "notes", "comment", "comments", "remark", "remarks", "footnote", "bemerkung", "anmerkung",
        "kommentar", "commentaire", "remarque", "nota", "notas", "comentario", "osservazioni",
        "备注", "说明",
    ),
}  # fmt: skip
"""Words by column, in English, German, French, Spanish, Italian, Portuguese and Chinese."""

CELL_WORDS: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "origin": {
        "chinese": ("chinesisch", "chinois", "chine", "chino", "cinese", "cina", "chinês", "中国"),
        "us": (
            "vereinigte staaten", "amerikanisch", "états-unis", "américain", "estados unidos",
            "estadounidense", "stati uniti", "americano", "美国",
        ),
        "european": (
            "europäisch", "europa", "européen", "europeo", "europeu", "欧洲",
        ),
        "other": (
            "andere", "sonstige", "übrige", "autre", "autres", "otro", "otros", "altro", "altri",
            "outro", "outros", "其他",
        ),
        "unknown": ("unbekannt", "inconnu", "desconocido", "sconosciuto", "desconhecido", "未知"),
    },
    "openness": {
        "open": ("offen", "ouvert", "abierto", "aperto", "aberto", "开源", "开放"),
        "closed": (
            "geschlossen", "proprietär", "proprietary", "fermé", "propriétaire", "cerrado",
            "propietario", "chiuso", "proprietario", "fechado", "proprietário", "闭源", "封闭",
        ),
        "unknown": ("unbekannt", "inconnu", "desconocido", "sconosciuto", "desconhecido", "未知"),
    },
    "status": {
        "final": ("endgültig", "définitif", "definitivo", "最终"),
        "provisional": (
            "preliminary", "vorläufig", "provisoire", "provisorio", "provvisorio",
            "provisório", "初步",
        ),
        "estimated": ("geschätzt", "estimé", "estimado", "stimato", "估计"),
    },
}  # fmt: skip
"""Words of cells by column and value, in the same languages."""
