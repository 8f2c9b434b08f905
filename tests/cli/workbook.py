"""Writes small Excel workbooks by hand, as spreadsheets do and as nobody should."""
import zipfile
from xml.sax.saxutils import escape, quoteattr

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STYLES = f'<styleSheet xmlns="{MAIN}"><numFmts><numFmt numFmtId="170" formatCode="yyyy&quot;年&quot;m&quot;月&quot;"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="170"/></cellXfs></styleSheet>'


class Raw(str):
    """A cell given as XML; `{r}` becomes its place."""


def letters(column):
    text = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def cell(value, place, strings):
    if isinstance(value, Raw):
        return value.replace("{r}", place)
    if value is None:
        return ""
    if isinstance(value, (int, float)):
        return f'<c r="{place}"><v>{value!r}</v></c>'
    strings.append(value)
    return f'<c r="{place}" t="s"><v>{len(strings) - 1}</v></c>'


def sheet_xml(rows, strings, first_row=1):
    lines = []
    for number, row in enumerate(rows, first_row):
        cells = "".join(cell(value, f"{letters(column)}{number}", strings) for column, value in enumerate(row))
        lines.append(f'<row r="{number}">{cells}</row>')
    return f'<?xml version="1.0"?><worksheet xmlns="{MAIN}"><sheetData>{"".join(lines)}</sheetData></worksheet>'


def write(path, sheets, parts=None, from_1904=False):
    """`sheets`: name -> rows; `parts`: further or replaced parts of the archive."""
    strings, content = [], {}
    book, relations = [], []
    for index, (name, rows) in enumerate(sheets.items(), 1):
        content[f"xl/worksheets/sheet{index}.xml"] = sheet_xml(rows, strings)
        book.append(f'<sheet name={quoteattr(name)} sheetId="{index}" r:id="rId{index}"/>')
        relations.append(f'<Relationship Id="rId{index}" Target="worksheets/sheet{index}.xml"/>')
    content["xl/workbook.xml"] = (f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><workbookPr date1904="{int(from_1904)}"/>'
                                  f'<sheets>{"".join(book)}</sheets></workbook>')
    content["xl/_rels/workbook.xml.rels"] = f'<Relationships>{"".join(relations)}</Relationships>'
    content["xl/sharedStrings.xml"] = f'<sst xmlns="{MAIN}">{"".join(f"<si><t>{escape(text)}</t></si>" for text in strings)}</sst>'
    content["xl/styles.xml"] = STYLES
    content.update(parts or {})
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in content.items():
            archive.writestr(name, text)
