namespace CallCenter.Architecture.Scanning;

/// <summary>
/// C# text whose comments, strings, characters and preprocessor lines are blanked, at the same positions, so that braces
/// and words that are left are code. Holes of interpolated strings are blanked with their string.
/// </summary>
internal sealed class Masked
{
    private readonly string _text;
    private readonly char[] _code;

    private Masked(string text)
    {
        _text = text;
        _code = text.ToCharArray();
    }

    public static string Of(string text)
    {
        var mask = new Masked(text);
        mask.Run();
        return new string(mask._code);
    }

    private void Run()
    {
        for (var at = 0; at < _text.Length;)
        {
            var end = Skippable(at);
            Blank(at, end);
            at = Math.Max(end, at + 1);
        }
    }

    /// <summary>Where the comment, literal or preprocessor line that begins here ends; the same position when none does.</summary>
    private int Skippable(int at)
    {
        if (Has(at, "//"))
        {
            return LineEnd(at);
        }

        if (Has(at, "/*"))
        {
            var end = _text.IndexOf("*/", at + 2, StringComparison.Ordinal);
            return end < 0 ? _text.Length : end + 2;
        }

        return _text[at] switch
        {
            '#' when _text[LineStart(at)..at].Trim().Length == 0 => LineEnd(at),
            '\'' => CharacterEnd(at),
            '"' or '$' or '@' => StringEnd(at),
            _ => at,
        };
    }

    private int CharacterEnd(int at)
    {
        var end = at + 1;
        while (end < _text.Length && _text[end] is not ('\'' or '\n'))
        {
            end += _text[end] == '\\' ? 2 : 1;
        }

        return Math.Min(end + 1, _text.Length);
    }

    private int StringEnd(int at)
    {
        var quote = at;
        while (quote < _text.Length && _text[quote] is '$' or '@')
        {
            quote++;
        }

        if (quote >= _text.Length || _text[quote] != '"')
        {
            return at;
        }

        var quotes = Run(quote, '"');
        if (quotes >= 3)
        {
            return RawEnd(quote + quotes, quotes);
        }

        var prefix = _text.AsSpan(at, quote - at);
        return QuotedEnd(quote + 1, verbatim: prefix.Contains('@'), interpolated: prefix.Contains('$'));
    }

    private int RawEnd(int at, int quotes)
    {
        while (at < _text.Length)
        {
            var run = Run(at, '"');
            if (run >= quotes)
            {
                return at + run;
            }

            at += Math.Max(run, 1);
        }

        return _text.Length;
    }

    private int QuotedEnd(int at, bool verbatim, bool interpolated)
    {
        while (at < _text.Length)
        {
            switch (_text[at])
            {
                case '\\' when !verbatim:
                case '"' when verbatim && Has(at, "\"\""):
                case '{' when interpolated && Has(at, "{{"):
                    at += 2;
                    break;
                case '"':
                    return at + 1;
                case '{' when interpolated:
                    at = HoleEnd(at + 1);
                    break;
                default:
                    at++;
                    break;
            }
        }

        return _text.Length;
    }

    private int HoleEnd(int at)
    {
        for (var depth = 1; at < _text.Length && depth > 0;)
        {
            var end = Skippable(at);
            if (end > at)
            {
                at = end;
                continue;
            }

            depth += _text[at] switch { '{' => 1, '}' => -1, _ => 0 };
            at++;
        }

        return at;
    }

    private int Run(int at, char c)
    {
        var end = at;
        while (end < _text.Length && _text[end] == c)
        {
            end++;
        }

        return end - at;
    }

    private bool Has(int at, string what) => string.CompareOrdinal(_text, at, what, 0, what.Length) == 0;

    private int LineStart(int at) => at == 0 ? 0 : _text.LastIndexOf('\n', at - 1) + 1;

    private int LineEnd(int at)
    {
        var end = _text.IndexOf('\n', at);
        return end < 0 ? _text.Length : end;
    }

    private void Blank(int from, int to)
    {
        for (var at = from; at < to; at++)
        {
            if (_code[at] != '\n')
            {
                _code[at] = ' ';
            }
        }
    }
}
