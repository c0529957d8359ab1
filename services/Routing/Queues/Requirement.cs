namespace CallCenter.Routing.Queues;

/// <summary>What a queue asks of agents, in rings that open with a contact's age: whoever meets a ring's rule stays in when the next one opens.</summary>
internal sealed class Requirement
{
    private readonly List<(TimeSpan After, SkillRule? Rule)> steps;
    private readonly IReadOnlyList<string> asked;

    public Requirement(QueueRecord queue)
    {
        var first = SkillRule.Both(SkillRule.Of(queue.Skills), queue.SkillRule is { } text ? SkillRule.Stored(text) : null);
        steps = [(TimeSpan.Zero, first), .. queue.Relax.Select(step => (TimeSpan.FromMilliseconds(step.AfterMs), step.SkillRule is { } rule ? SkillRule.Stored(rule) : null))];
        asked = [.. first?.Asked ?? []];
    }

    /// <summary>The skills that any step asks for.</summary>
    public IEnumerable<string> Skills => steps.SelectMany(step => step.Rule?.Asked ?? []).Distinct(StringComparer.Ordinal);

    /// <summary>The contact's age from which an agent with these skills may take it; null for never.</summary>
    public TimeSpan? OpenFrom(IReadOnlyDictionary<string, int> skills)
    {
        foreach (var (after, rule) in steps)
        {
            if (rule is null || rule.IsMetBy(skills))
            {
                return after;
            }
        }

        return null;
    }

    /// <summary>The agent's levels of the skills that the first step asks for, added up.</summary>
    public int LevelOf(IReadOnlyDictionary<string, int> skills)
    {
        var sum = 0;
        foreach (var skill in asked)
        {
            sum += skills.GetValueOrDefault(skill);
        }

        return sum;
    }
}
