namespace CallCenter.Routing.Agents;

/// <summary>Skills as agents have them and queues ask for them.</summary>
internal static class SkillRules
{
    private const int SkillsMax = 50;
    private const int NameMax = 50;

    /// <summary>Everything that is wrong with levels by skill.</summary>
    public static IEnumerable<string> Errors(IReadOnlyDictionary<string, int> skills)
    {
        if (skills.Count > SkillsMax)
        {
            yield return $"skills has {skills.Count} entries: at most {SkillsMax}.";
        }

        foreach (var (skill, level) in skills)
        {
            if (skill.Length is 0 or > NameMax)
            {
                yield return $"The skill '{skill}' has {skill.Length} characters: 1 to {NameMax}.";
            }

            if (level is < 1 or > 5)
            {
                yield return $"The level of skill '{skill}' is {level}: 1 to 5.";
            }
        }
    }
}
