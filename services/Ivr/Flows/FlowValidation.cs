using System.Text.RegularExpressions;
using CallCenter.Ivr.Announcements;

namespace CallCenter.Ivr.Flows;

/// <summary>Checks a flow before it is kept: every error at once, each saying where and what to do.</summary>
internal static partial class FlowValidation
{
    public const int MaxSteps = 200;
    public const int MaxNameLength = 100;
    public const int MaxAttempts = 10;
    public const int MaxFirstDigitSeconds = 60;
    public const int MaxPauseMs = 10_000;
    public const int MinAnnounceSeconds = 10;
    public const int MaxAnnounceSeconds = 600;
    public const int MinMessageSeconds = 5;
    public const int MaxMessageSeconds = 600;
    public const int MaxSilenceSeconds = 60;

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9 _.-]{0,63}$")]
    private static partial Regex StepName();

    [GeneratedRegex("^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}$")]
    private static partial Regex LanguageTag();

    /// <summary>True for a BCP 47 tag of the usual form.</summary>
    public static bool IsLanguage(string tag) => LanguageTag().IsMatch(tag);

    /// <summary>The errors of the flow, empty when it is right. <paramref name="ownPrompts"/>: those of the named prompts that belong to the flow's tenant.</summary>
    public static IReadOnlyList<string> Errors(FlowDefinition flow, IReadOnlySet<Guid> ownPrompts) =>
    [
        .. Head(flow),
        .. flow.Steps.Take(MaxSteps).SelectMany(s => Step(flow, s.Key, s.Value, ownPrompts)),
        .. Ways(flow),
    ];

    private static IEnumerable<string> Head(FlowDefinition flow)
    {
        if (flow.Tenant == Guid.Empty)
        {
            yield return "tenant: give the id of the tenant that owns the flow";
        }

        if (flow.Name.Trim().Length is 0 or > MaxNameLength)
        {
            yield return $"name: give 1 to {MaxNameLength} characters";
        }

        if (!IsLanguage(flow.Language))
        {
            yield return $"language: '{Short(flow.Language)}' is not a language tag such as \"fi\" or \"en-GB\"";
        }

        if (flow.Steps.Count is 0 or > MaxSteps)
        {
            yield return $"steps: give 1 to {MaxSteps} steps, not {flow.Steps.Count}";
        }

        if (!flow.Steps.ContainsKey(flow.Start))
        {
            yield return $"start: there is no step '{Short(flow.Start)}'";
        }
    }

    private static IEnumerable<string> Step(FlowDefinition flow, string name, FlowStep step, IReadOnlySet<Guid> ownPrompts)
    {
        var at = $"steps.{Short(name)}";
        if (!StepName().IsMatch(name))
        {
            yield return $"{at}: a step's name has 1 to 64 letters, digits, blanks, '_', '.' or '-' and begins with a letter or digit";
        }

        if (new object?[] { step.Play, step.Menu, step.Queue, step.HangUp, step.Hours, step.Voicemail }.Count(s => s is not null) != 1)
        {
            yield return $"{at}: give exactly one of play, menu, queue, hangUp, hours, voicemail";
            yield break;
        }

        foreach (var prompt in step.Prompts.Distinct().Where(p => !ownPrompts.Contains(p)))
        {
            yield return $"{at}: there is no prompt {prompt} of this tenant; put it first";
        }

        foreach (var missing in step.Next.Distinct().Where(n => !flow.Steps.ContainsKey(n)))
        {
            yield return $"{at}: there is no step '{Short(missing)}'";
        }

        foreach (var error in step.Menu is null ? [] : Menu(at, step.Menu))
        {
            yield return error;
        }

        foreach (var error in step.Voicemail is null ? [] : Voicemail(at, step.Voicemail))
        {
            yield return error;
        }

        foreach (var error in step.Hours is null ? [] : OpeningHours.Errors(at, step.Hours))
        {
            yield return error;
        }

        if (step.Play is { PauseMs: < 0 or > MaxPauseMs } play)
        {
            yield return $"{at}.play.pauseMs: give 0 to {MaxPauseMs}, not {play.PauseMs}";
        }

        if (step.Queue is { Music: not null, ComfortTone: true })
        {
            yield return $"{at}.queue: give music or comfortTone, not both";
        }

        if (step.Queue is { } queue && queue.Queue == Guid.Empty)
        {
            yield return $"{at}.queue.queue: give the id of the queue";
        }

        if (step.Queue is { Priority: < 1 or > 99 } urgent)
        {
            yield return $"{at}.queue.priority: give 1 to 99, not {urgent.Priority}";
        }

        foreach (var error in step.Queue?.Offers is null ? [] : Offers(at, step.Queue, flow))
        {
            yield return error;
        }

        foreach (var error in step.Queue?.Announce is null ? [] : Announce(at, step.Queue.Announce, flow.Language))
        {
            yield return error;
        }
    }

    private static IEnumerable<string> Offers(string at, QueueStep queue, FlowDefinition flow)
    {
        var keys = queue.Offers!.Keys.ToList();
        if (keys.Count == 0)
        {
            yield return $"{at}.queue.offers: give at least one of callback, voicemail, exit, or leave offers out";
        }

        foreach (var key in keys.Where(k => k.Length != 1 || !"0123456789*#".Contains(k[0], StringComparison.Ordinal)))
        {
            yield return $"{at}.queue.offers: '{Short(key)}' is not a key; the keys are 0-9, * and #";
        }

        if (keys.Distinct().Count() < keys.Count)
        {
            yield return $"{at}.queue.offers: each needs a key of its own";
        }

        if (queue.Announce is null)
        {
            yield return $"{at}.queue.offers: callers hear of them with the announcements; give announce too";
        }

        if (queue.Offers.Voicemail is { } message && flow.Steps.TryGetValue(message.Step, out var step) && step.Voicemail is null)
        {
            yield return $"{at}.queue.offers.voicemail: '{Short(message.Step)}' is not a voicemail step";
        }
    }

    private static IEnumerable<string> Announce(string at, AnnounceSettings announce, string language)
    {
        if (announce.EverySeconds is < MinAnnounceSeconds or > MaxAnnounceSeconds)
        {
            yield return $"{at}.queue.announce.everySeconds: give {MinAnnounceSeconds} to {MaxAnnounceSeconds}, not {announce.EverySeconds}";
        }

        if (!WaitText.Speaks(language))
        {
            yield return $"{at}.queue.announce: there are announcements in {string.Join(", ", WaitText.Known)} and not in '{Short(language)}'; leave announce out";
        }
    }

    private static IEnumerable<string> Menu(string at, MenuStep menu)
    {
        if (menu.Options.Count == 0)
        {
            yield return $"{at}.menu.options: give at least one key with its step";
        }

        foreach (var key in menu.Options.Keys.Where(k => k.Length != 1 || !"0123456789*#".Contains(k[0], StringComparison.Ordinal)))
        {
            yield return $"{at}.menu.options: '{Short(key)}' is not a key; the keys are 0-9, * and #";
        }

        if (menu.Attempts is < 1 or > MaxAttempts)
        {
            yield return $"{at}.menu.attempts: give 1 to {MaxAttempts}, not {menu.Attempts}";
        }

        if (menu.FirstDigitSeconds is < 1 or > MaxFirstDigitSeconds)
        {
            yield return $"{at}.menu.firstDigitSeconds: give 1 to {MaxFirstDigitSeconds}, not {menu.FirstDigitSeconds}";
        }
    }

    private static IEnumerable<string> Voicemail(string at, VoicemailStep voicemail)
    {
        if (voicemail.MaxSeconds is < MinMessageSeconds or > MaxMessageSeconds)
        {
            yield return $"{at}.voicemail.maxSeconds: give {MinMessageSeconds} to {MaxMessageSeconds}, not {voicemail.MaxSeconds}";
        }

        if (voicemail.SilenceSeconds is < 1 or > MaxSilenceSeconds)
        {
            yield return $"{at}.voicemail.silenceSeconds: give 1 to {MaxSilenceSeconds}, not {voicemail.SilenceSeconds}";
        }
    }

    private static IEnumerable<string> Ways(FlowDefinition flow)
    {
        if (!flow.Steps.ContainsKey(flow.Start) || flow.Steps.Count > MaxSteps)
        {
            yield break;
        }

        var reached = Reachable(flow);
        foreach (var name in flow.Steps.Keys.Where(n => !reached.Contains(n)))
        {
            yield return $"steps.{Short(name)}: no step leads here; remove it or lead to it";
        }

        foreach (var name in reached.Where(n => GoesInCircles(flow, n)))
        {
            yield return $"steps.{Short(name)}: a caller who presses nothing comes back here for ever; lead the silent way (next, failed, then, otherwise) to a queue, hangUp or a last voicemail";
        }
    }

    private static HashSet<string> Reachable(FlowDefinition flow)
    {
        var reached = new HashSet<string>(StringComparer.Ordinal) { flow.Start };
        var open = new Queue<string>(reached);
        while (open.TryDequeue(out var name))
        {
            foreach (var next in flow.Steps[name].Next.Where(flow.Steps.ContainsKey).Where(reached.Add))
            {
                open.Enqueue(next);
            }
        }

        return reached;
    }

    /// <summary>True when a silent way from the step comes back to it: then a call could go on without end.</summary>
    private static bool GoesInCircles(FlowDefinition flow, string from)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<string>(flow.Steps[from].SilentNext);
        while (open.TryPop(out var at))
        {
            if (at == from)
            {
                return true;
            }

            if (seen.Add(at) && flow.Steps.TryGetValue(at, out var step))
            {
                step.SilentNext.ToList().ForEach(open.Push);
            }
        }

        return false;
    }

    private static string Short(string text) => text.Length <= 64 ? text : text[..64] + "…";
}
