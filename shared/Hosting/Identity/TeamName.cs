namespace CallCenter.Hosting;

/// <summary>What may be the name of a team of agents, wherever one is set: on one line, so that lists can show it, and compared as it is written.</summary>
public static class TeamName
{
    /// <summary>The most characters.</summary>
    public const int Max = 60;

    /// <summary>1 to 60 characters, none of them a control character, no space at the ends.</summary>
    public static bool IsOne(string? name) => name is { Length: > 0 and <= Max } && name.Trim() == name && !name.Any(char.IsControl);
}
