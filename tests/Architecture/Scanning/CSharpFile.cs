using System.Text.RegularExpressions;

namespace CallCenter.Architecture.Scanning;

/// <summary>A method, constructor, operator or property with a body.</summary>
/// <param name="Line">Where it begins, from 1.</param>
/// <param name="Lines">Lines of the body without its braces; at least 1.</param>
internal sealed record Function(string Name, int Line, int Lines);

/// <summary>A type that is not inside another.</summary>
internal sealed record TopType(string Name, int Line, bool IsPublic);

/// <summary>
/// Types and functions of a C# file, found by braces instead of a compiler: a member is its header up to <c>{</c>,
/// <c>=&gt;</c> or <c>;</c>. Local functions and lambdas are part of the function they are in.
/// </summary>
internal sealed partial class CSharpFile
{
    private readonly string _code;
    private readonly List<TopType> _types = [];
    private readonly List<Function> _functions = [];

    private CSharpFile(string text)
    {
        _code = Masked.Of(text);
        Members(0, _code.Length, inType: false);
    }

    public IReadOnlyList<TopType> Types => _types;

    public IReadOnlyList<Function> Functions => _functions;

    public static CSharpFile Of(string text) => new(text);

    private void Members(int from, int to, bool inType)
    {
        for (var at = Begin(from, to); at < to; at = Begin(at, to))
        {
            var member = Next(at, to);
            Take(member, inType);
            at = Math.Max(member.End, at + 1);
        }
    }

    private void Take(Member member, bool inType)
    {
        var header = _code[member.Start..member.HeaderEnd];
        var type = TypeKeyword().Match(header);
        var parameters = header.IndexOf('(', StringComparison.Ordinal);
        if (type.Success && (parameters < 0 || type.Index < parameters))
        {
            TakeType(member, header, type, inType);
        }
        else if (NamespaceKeyword().IsMatch(header))
        {
            Members(member.HeaderEnd + 1, member.End - 1, inType);
        }
        else if (inType && member.HasBody)
        {
            TakeFunction(member, header, parameters);
        }
    }

    private void TakeType(Member member, string header, Match type, bool inType)
    {
        if (!inType)
        {
            _types.Add(new TopType(type.Groups["name"].Value, LineOf(member.Start), PublicKeyword().IsMatch(header)));
        }

        if (member.HasBlock && type.Groups["kind"].Value is not ("enum" or "delegate"))
        {
            Members(member.HeaderEnd + 1, member.End - 1, inType: true);
        }
    }

    private void TakeFunction(Member member, string header, int parameters)
    {
        var body = _code.AsSpan(member.HeaderEnd, member.End - member.HeaderEnd);
        var isAutomatic = member.HasBlock && parameters < 0 && body[1..].IndexOf('{') < 0 && body.IndexOf("=>", StringComparison.Ordinal) < 0;
        var name = FunctionName().Match(header).Groups["name"].Value;
        if (isAutomatic || name.Length == 0)
        {
            return;
        }

        var lines = LineOf(member.End - 1) - LineOf(member.HeaderEnd);
        _functions.Add(new Function(name, LineOf(member.Start), Math.Max(1, member.HasBlock ? lines - 1 : lines + 1)));
    }

    /// <summary>The next position that is neither white space nor an attribute.</summary>
    private int Begin(int at, int to)
    {
        while (at < to && (char.IsWhiteSpace(_code[at]) || _code[at] == '['))
        {
            at = _code[at] == '[' ? Matching(at, to) + 1 : at + 1;
        }

        return at;
    }

    private Member Next(int start, int to)
    {
        int arrow = -1;
        var assigned = false;
        for (var at = start; at < to; at++)
        {
            switch (_code[at])
            {
                case '(' or '[':
                    at = Matching(at, to);
                    break;
                case '=' when at + 1 < to && _code[at + 1] == '>':
                    arrow = arrow < 0 && !assigned ? at : arrow;
                    at++;
                    break;
                case '=' when IsAssignment(at):
                    assigned = true;
                    break;
                case '{' when !assigned && arrow < 0:
                    return new Member(start, at, Matching(at, to) + 1, HasBlock: true, HasArrow: false);
                case '{':
                    at = Matching(at, to);
                    break;
                case ';':
                    return new Member(start, arrow < 0 ? at : arrow, at + 1, HasBlock: false, arrow >= 0);
            }
        }

        return new Member(start, to, to, HasBlock: false, HasArrow: false);
    }

    private bool IsAssignment(int at) =>
        _code[at - 1] is not ('=' or '!' or '<' or '>') && at + 1 < _code.Length && _code[at + 1] != '=';

    private int Matching(int open, int to)
    {
        var depth = 0;
        for (var at = open; at < to; at++)
        {
            depth += _code[at] switch { '(' or '[' or '{' => 1, ')' or ']' or '}' => -1, _ => 0 };
            if (depth == 0)
            {
                return at;
            }
        }

        return to - 1;
    }

    private int LineOf(int at) => 1 + _code.AsSpan(0, Math.Min(at, _code.Length)).Count('\n');

    [GeneratedRegex(@"\b(?<kind>class|struct|interface|enum|record|delegate(?=\s+[^(]+\())\s+((class|struct)\s+|(?<=delegate\s+)[^(]+\s+)?(?<name>\w+)", RegexOptions.ExplicitCapture)]
    private static partial Regex TypeKeyword();

    [GeneratedRegex(@"^\s*namespace\s")]
    private static partial Regex NamespaceKeyword();

    [GeneratedRegex(@"\bpublic\b")]
    private static partial Regex PublicKeyword();

    [GeneratedRegex(@"(?<name>operator\s*\S+?|\w+)\s*(<[^()]*>)?\s*(\(|$)", RegexOptions.ExplicitCapture)]
    private static partial Regex FunctionName();

    private readonly record struct Member(int Start, int HeaderEnd, int End, bool HasBlock, bool HasArrow)
    {
        public bool HasBody => HasBlock || HasArrow;
    }
}
