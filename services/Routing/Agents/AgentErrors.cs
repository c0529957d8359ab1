using CallCenter.Hosting;
using CallCenter.Routing.Settings;

namespace CallCenter.Routing.Agents;

/// <summary>Everything that is wrong with an agent's settings, all at once.</summary>
internal static class AgentErrors
{
    private const int TextMax = 100;
    private const int QueuesMax = 1_000;
    private const decimal WageMax = 1_000_000;

    public static IEnumerable<string> Of(AgentSettings settings)
    {
        if (settings.User.Length is 0 or > TextMax)
        {
            yield return $"user has {settings.User.Length} characters: 1 to {TextMax}.";
        }

        if (settings.Name.Length is 0 or > TextMax)
        {
            yield return $"name has {settings.Name.Length} characters: 1 to {TextMax}.";
        }

        if (settings.Team is { } team && !TeamName.IsOne(team))
        {
            yield return $"team has {team.Length} characters: 1 to {TeamName.Max}, on one line and without spaces at its ends; leave it out for an agent in no team.";
        }

        foreach (var error in SkillRules.Errors(settings.Skills ?? []))
        {
            yield return error;
        }

        var queues = settings.Queues ?? [];
        if (queues.Count > QueuesMax || queues.DistinctBy(entry => entry.Queue).Count() < queues.Count)
        {
            yield return $"queues has {queues.Count} entries: at most {QueuesMax}, each queue once.";
        }

        if (settings.WagePerHour is < 0 or > WageMax)
        {
            yield return $"wagePerHour is {settings.WagePerHour}: 0 to {WageMax}.";
        }

        foreach (var error in queues.Take(QueuesMax).SelectMany(Of))
        {
            yield return error;
        }
    }

    private static IEnumerable<string> Of(ProfileEntry entry)
    {
        foreach (var (name, value, least, most) in new[]
        {
            ("priority", entry.Priority, 1, 99), ("delaySeconds", entry.DelaySeconds, 0, 3600), ("tier", entry.Tier, 1, 99), ("position", entry.Position, 1, 9999), ("weight", entry.Weight, 1, 100),
        })
        {
            if (value < least || value > most)
            {
                yield return $"The {name} of queue {entry.Queue} is {value}: {least} to {most}.";
            }
        }
    }
}
