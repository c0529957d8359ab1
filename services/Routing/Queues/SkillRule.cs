using System.Globalization;

namespace CallCenter.Routing.Queues;

/// <summary>
/// Which skills an agent must have: <c>fi >= 3 and (sales or "customer care" >= 2) and not trainee</c>. Without a level any level will do;
/// <c>not</c> binds closest, then <c>and</c>, then <c>or</c>. Letters' case counts in names, as it does for agents.
/// </summary>
internal abstract record SkillRule
{
    public const int TextMax = 500;
    public const int TermsMax = 50;

    public abstract bool IsMetBy(IReadOnlyDictionary<string, int> skills);

    /// <summary>The skills that are asked for, those that must be missing left out.</summary>
    public abstract IEnumerable<string> Asked { get; }

    /// <summary>Reads a rule; what is wrong with it is told with the place.</summary>
    public static SkillRule? Read(string text, out string? error)
    {
        if (text.Length is 0 or > TextMax)
        {
            error = $"it has {text.Length} characters: 1 to {TextMax}";
            return null;
        }

        var reader = new Reader(text);
        var rule = reader.Any();
        error = reader.Error ?? (reader.IsAtEnd ? null : reader.Unexpected());
        return error is null ? rule : null;
    }

    /// <summary>A stored rule, which was read before it was stored.</summary>
    public static SkillRule Stored(string text) => Read(text, out var error) ?? throw new InvalidOperationException($"The stored skill rule '{text}' cannot be read: {error}.");

    /// <summary>All of these levels, as the plain form of the settings has them.</summary>
    public static SkillRule? Of(IReadOnlyDictionary<string, int> levels)
    {
        SkillRule? all = null;
        foreach (var (name, level) in levels.OrderBy(skill => skill.Key, StringComparer.Ordinal))
        {
            all = Both(all, new Has(name, level));
        }

        return all;
    }

    /// <summary>Both rules; null is one that everybody meets.</summary>
    public static SkillRule? Both(SkillRule? one, SkillRule? other) => (one, other) switch
    {
        (null, _) => other,
        (_, null) => one,
        _ => new And(one, other),
    };

    private sealed record Has(string Name, int Level) : SkillRule
    {
        public override IEnumerable<string> Asked => [Name];

        public override bool IsMetBy(IReadOnlyDictionary<string, int> skills) => skills.TryGetValue(Name, out var level) && level >= Level;
    }

    private sealed record Not(SkillRule Rule) : SkillRule
    {
        public override IEnumerable<string> Asked => [];

        public override bool IsMetBy(IReadOnlyDictionary<string, int> skills) => !Rule.IsMetBy(skills);
    }

    private sealed record And(SkillRule Left, SkillRule Right) : SkillRule
    {
        public override IEnumerable<string> Asked => Left.Asked.Union(Right.Asked);

        public override bool IsMetBy(IReadOnlyDictionary<string, int> skills) => Left.IsMetBy(skills) && Right.IsMetBy(skills);
    }

    private sealed record Or(SkillRule Left, SkillRule Right) : SkillRule
    {
        public override IEnumerable<string> Asked => Left.Asked.Union(Right.Asked);

        public override bool IsMetBy(IReadOnlyDictionary<string, int> skills) => Left.IsMetBy(skills) || Right.IsMetBy(skills);
    }

    /// <summary>Recursive descent; the first mistake ends it. Depth is bounded by the number of words, which the text's length bounds.</summary>
    private ref struct Reader(string text)
    {
        private int at;
        private int terms;

        public string? Error { get; private set; }

        public bool IsAtEnd
        {
            get
            {
                SkipSpace();
                return at == text.Length;
            }
        }

        public SkillRule? Any()
        {
            var rule = All();
            while (Error is null && TakeWord("or"))
            {
                rule = All() is { } other && rule is not null ? new Or(rule, other) : null;
            }

            return rule;
        }

        public readonly string Unexpected() =>
            at < text.Length ? $"'{text[at]}' at character {at + 1} is not expected" : "it ends where a skill is expected";

        private SkillRule? All()
        {
            var rule = One();
            while (Error is null && TakeWord("and"))
            {
                rule = One() is { } other && rule is not null ? new And(rule, other) : null;
            }

            return rule;
        }

        private SkillRule? One()
        {
            if (++terms > TermsMax)
            {
                Error ??= $"it has more than {TermsMax} terms";
                return null;
            }

            if (TakeWord("not"))
            {
                return One() is { } rule ? new Not(rule) : null;
            }

            if (!Take('('))
            {
                return Skill();
            }

            var inner = Any();
            if (Error is null && !Take(')'))
            {
                Error = $"a closing parenthesis is missing at character {at + 1}";
            }

            return inner;
        }

        private Has? Skill()
        {
            var name = Take('"') ? Quoted() : Word();
            if (name.Length == 0 || IsKeyword(name))
            {
                Error ??= name.Length == 0 ? Unexpected() : $"'{name}' at character {at - name.Length + 1} stands where a skill is expected";
                return null;
            }

            if (!Take('>'))
            {
                return new Has(name, 1);
            }

            var level = Take('=') ? Word() : "";
            if (!int.TryParse(level, NumberStyles.None, CultureInfo.InvariantCulture, out var least) || least is < 1 or > 5)
            {
                Error ??= $"the level of skill '{name}' is '{level}': >= and 1 to 5";
                return null;
            }

            return new Has(name, least);
        }

        private string Quoted()
        {
            var end = text.IndexOf('"', at);
            if (end < 0)
            {
                Error ??= $"the quotation mark at character {at} is not closed";
                return "";
            }

            var name = text[at..end];
            at = end + 1;
            return name;
        }

        private string Word()
        {
            SkipSpace();
            var start = at;
            while (at < text.Length && (char.IsLetterOrDigit(text[at]) || text[at] is '_' or '-' or '.'))
            {
                at++;
            }

            return text[start..at];
        }

        private bool TakeWord(string keyword)
        {
            var start = at;
            if (Word().Equals(keyword, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }

            at = start;
            return false;
        }

        private bool Take(char sign)
        {
            SkipSpace();
            var isThere = at < text.Length && text[at] == sign;
            at += isThere ? 1 : 0;
            return isThere;
        }

        private void SkipSpace()
        {
            while (at < text.Length && char.IsWhiteSpace(text[at]))
            {
                at++;
            }
        }

        private static bool IsKeyword(string word) =>
            word.Equals("and", StringComparison.OrdinalIgnoreCase) || word.Equals("or", StringComparison.OrdinalIgnoreCase) || word.Equals("not", StringComparison.OrdinalIgnoreCase);
    }
}
