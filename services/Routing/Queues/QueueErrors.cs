using System.Text.RegularExpressions;
using CallCenter.Routing.Agents;

namespace CallCenter.Routing.Queues;

/// <summary>Everything that is wrong with a queue's settings, all at once.</summary>
internal static partial class QueueErrors
{
    private const int TextMax = 100;
    private const int GreetingMax = 500;
    private const int CodesMax = 40;
    private const int CodeMax = 32;
    private const int StepsMax = 10;
    private const int PenaltyMax = 1_000_000;
    private const int GroupsMax = 10;

    public static IEnumerable<string> Of(QueueSettings settings)
    {
        if (settings.Tenant == Guid.Empty)
        {
            yield return "tenant is missing: give the id of the tenant that owns the queue.";
        }

        if (settings.Name.Length is 0 or > TextMax)
        {
            yield return $"name has {settings.Name.Length} characters: 1 to {TextMax}.";
        }

        foreach (var (name, value, least, most) in new[]
        {
            ("priority", settings.Priority, 1, 99), ("offerTimeoutSeconds", settings.OfferTimeoutSeconds, 5, 120),
            ("wrapUpSeconds", settings.WrapUpSeconds, 0, 3600), ("shortAbandonSeconds", settings.ShortAbandonSeconds, 0, 60), ("popSeconds", settings.PopSeconds, 0, 3),
            ("maxWait.seconds", settings.MaxWait?.Seconds ?? 1, 1, 86_400), ("maxLength.contacts", settings.MaxLength?.Contacts ?? 0, 0, 100_000),
            ("serviceLevel.percent", (settings.ServiceLevel ?? new()).Percent, 1, 100), ("serviceLevel.seconds", (settings.ServiceLevel ?? new()).Seconds, 1, 3600),
            ("waitLimitSeconds", settings.WaitLimitSeconds, 1, 86_400),
        })
        {
            if (value < least || value > most)
            {
                yield return $"{name} is {value}: {least} to {most}.";
            }
        }

        if (settings.MissedPenalty is < 0 or > PenaltyMax)
        {
            yield return $"missedPenalty is {settings.MissedPenalty}: 0 to {PenaltyMax}.";
        }

        foreach (var error in SkillRules.Errors(settings.Skills ?? []))
        {
            yield return error;
        }

        foreach (var error in OverflowErrors(settings.Overflow ?? []))
        {
            yield return error;
        }

        foreach (var error in RuleErrors(settings))
        {
            yield return error;
        }

        foreach (var error in (settings.Callback?.Errors() ?? []).Concat(settings.Returning?.Errors() ?? []))
        {
            yield return error;
        }

        if (settings.Greeting is { } greeting && (greeting.Trim().Length is 0 or > GreetingMax || greeting.Any(char.IsControl)))
        {
            yield return $"greeting: 1 to {GreetingMax} characters and no control characters, or leave it out for the tenant's.";
        }

        foreach (var error in CodeErrors(settings.Codes ?? []))
        {
            yield return error;
        }
    }

    private static IEnumerable<string> RuleErrors(QueueSettings settings)
    {
        if (!Enum.TryParse<AgentStrategy>(settings.Strategy, out var strategy) || strategy.ToString() != settings.Strategy)
        {
            yield return $"There is no strategy '{settings.Strategy}': use {string.Join(", ", Enum.GetNames<AgentStrategy>())}.";
        }

        if (settings.SkillRule is { } rule && SkillRule.Read(rule, out var wrong) is null)
        {
            yield return $"skillRule: {wrong}.";
        }

        var relax = settings.Relax ?? [];
        if (relax.Count > StepsMax)
        {
            yield return $"relax has {relax.Count} steps: at most {StepsMax}.";
        }

        foreach (var (step, number) in relax.Take(StepsMax).Select((step, index) => (step, index + 1)))
        {
            if (step.AfterSeconds is < 1 or > 3600 || (number > 1 && step.AfterSeconds <= relax[number - 2].AfterSeconds))
            {
                yield return $"relax: step {number} is after {step.AfterSeconds} s: 1 to 3600, and later than the step before.";
            }

            if (step.SkillRule is { } later && SkillRule.Read(later, out var mistake) is null)
            {
                yield return $"relax: the skillRule of step {number}: {mistake}.";
            }
        }
    }

    private static IEnumerable<string> OverflowErrors(IReadOnlyList<OverflowGroup> groups)
    {
        if (groups.Count > GroupsMax)
        {
            yield return $"overflow has {groups.Count} groups: at most {GroupsMax}.";
        }

        foreach (var (group, number) in groups.Take(GroupsMax).Select((group, index) => (group, index + 1)))
        {
            var isLevel = group.Measure == OverflowMeasure.ServiceLevel;
            if (!Enum.IsDefined(group.Measure) || group.On < 1 || group.Off < 0 || group.On > (isLevel ? 100 : 100_000) || group.Off > (isLevel ? 100 : 100_000))
            {
                yield return $"overflow: group {number} has on {group.On} and off {group.Off}: on from 1, off from 0, a service level to 100, others to 100000.";
            }
            else if (isLevel ? group.Off <= group.On : group.Off >= group.On)
            {
                yield return $"overflow: group {number} comes at {group.On} and would go at {group.Off}: off must be {(isLevel ? "above" : "below")} on, or it would come and go with every contact.";
            }

            if (group.Priority is < 1 or > 99)
            {
                yield return $"overflow: the priority of group {number} is {group.Priority}: 1 to 99.";
            }
        }
    }

    private static IEnumerable<string> CodeErrors(IReadOnlyList<DispositionCode> codes)
    {
        if (codes.Count > CodesMax)
        {
            yield return $"codes has {codes.Count} entries: at most {CodesMax}.";
        }

        foreach (var (code, label) in codes.Take(CodesMax))
        {
            if (!CodeForm().IsMatch(code))
            {
                yield return $"codes: a code has 1 to {CodeMax} letters, digits, dots, hyphens or underscores.";
            }

            if (label.Trim().Length is 0 or > TextMax || label.Any(char.IsControl))
            {
                yield return $"codes: a label has 1 to {TextMax} characters and no control characters.";
            }
        }

        if (codes.Select(code => code.Code).Distinct(StringComparer.OrdinalIgnoreCase).Count() < codes.Count)
        {
            yield return "codes: the same code is there twice; reports could not tell one from the other.";
        }
    }

    [GeneratedRegex(@"^[\p{L}\p{Nd}][\p{L}\p{Nd}._-]{0,31}\z")]
    private static partial Regex CodeForm();
}
