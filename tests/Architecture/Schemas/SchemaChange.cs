namespace CallCenter.Architecture.Schemas;

/// <summary>What changed between two forms of the contracts.</summary>
/// <param name="Additions">New types, properties, values: older consumers do not see them.</param>
/// <param name="Breaks">What was removed or has another type: an older consumer or stored event could not be read.</param>
internal sealed record SchemaChange(IReadOnlyList<string> Additions, IReadOnlyList<string> Breaks)
{
    public static SchemaChange Between(IEnumerable<string> before, IEnumerable<string> now)
    {
        var (old, present) = (Facts(before), Facts(now));
        return new SchemaChange([.. present.Except(old)], [.. old.Except(present)]);
    }

    /// <summary>Each line with the type it is in.</summary>
    private static HashSet<string> Facts(IEnumerable<string> lines)
    {
        var facts = new HashSet<string>(StringComparer.Ordinal);
        var type = "";
        foreach (var line in lines.Where(l => l.Length > 0))
        {
            type = line[0] == ' ' ? type : line;
            facts.Add(line[0] == ' ' ? $"{type.Split(' ')[1]}.{line.Trim()}" : line);
        }

        return facts;
    }
}
