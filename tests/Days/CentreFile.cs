using System.Globalization;
using System.Text.Json;
using CallCenter.Routing.Queues;

namespace CallCenter.Days;

/// <summary><c>centre.json</c>: queues and agents; the README beside has the format.</summary>
internal static class CentreFile
{
    public const string Name = "centre.json";

    private const int QueuesMax = 5_000, AgentsMax = 10_000, SpansMax = 200, HoursMax = 31 * 24;

    private static readonly JsonSerializerOptions Form = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true, IndentSize = 1, ReadCommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull,
    };

    public static (List<TraceQueue> Queues, List<TraceAgent> Agents) Read(Stream file, List<string> errors)
    {
        CentreForm? centre;
        try
        {
            centre = JsonSerializer.Deserialize<CentreForm>(file, Form);
        }
        catch (JsonException wrong)
        {
            errors.Add($"{Name}: {wrong.Message}");
            return ([], []);
        }

        if (centre is not { Queues.Count: > 0 and <= QueuesMax, Agents.Count: > 0 and <= AgentsMax })
        {
            errors.Add($"{Name}: 'queues' has 1 to {QueuesMax} entries, 'agents' 1 to {AgentsMax}.");
            return ([], []);
        }

        var queues = centre.Queues.Select((queue, index) => Queue(queue, $"{Name} queue {index + 1}", errors)).ToList();
        errors.AddRange(queues.GroupBy(queue => (queue.Tenant, queue.Name)).Where(same => same.Count() > 1).Select(same => $"{Name}: queue '{same.First()}' is there {same.Count()} times."));
        var indexes = queues.Select((queue, index) => (queue, index)).GroupBy(pair => pair.queue.ToString()).ToDictionary(same => same.Key, same => same.First().index);
        foreach (var alone in queues.Select((queue, index) => (queue, index)).GroupBy(pair => pair.queue.Name).Where(same => same.Count() == 1))
        {
            indexes.TryAdd(alone.Key, alone.First().index);
        }

        return (queues, [.. centre.Agents.Select((agent, index) => Agent(agent, indexes, $"{Name} agent {index + 1}", errors))]);
    }

    public static void Write(Stream file, Trace trace) => JsonSerializer.Serialize(
        file,
        new CentreForm(
            [.. trace.Queues.Select(queue => new QueueForm(
                queue.Tenant, queue.Name, queue.Percent, queue.TargetMs / 1000.0, queue.Penalty, queue.LimitMs / 1000.0, queue.Priority, queue.SkillRule,
                queue.Relax.Count == 0 ? null : [.. queue.Relax.Select(step => new StepForm(step.AfterMs / 1000.0, step.SkillRule))]))],
            [.. trace.Agents.Select(agent => new AgentForm(
                agent.Name, [.. agent.Queues.Select(entry => new EntryForm(trace.Queues[entry.Queue].ToString(), entry.Priority, entry.DelaySeconds))],
                agent.Levels.Count == 0 ? null : agent.Levels.ToDictionary(), agent.Wage, [.. agent.Shift.Select(span => $"{Clock(span.FromMs)}-{Clock(span.UntilMs)}")]))]),
        Form);

    private static TraceQueue Queue(QueueForm queue, string where, List<string> errors)
    {
        void Check(bool isRight, string error) => errors.AddRange(isRight ? [] : [$"{where} ('{queue.Tenant}/{queue.Queue}'): {error}"]);

        Check(queue.Tenant is { Length: > 0 and <= 100 } && queue.Queue is { Length: > 0 and <= 100 }, "tenant and queue are names of 1 to 100 characters.");
        Check(!$"{queue.Tenant}{queue.Queue}".AsSpan().ContainsAny(",\n"), "names have no comma.");
        Check(queue.X is >= 1 and <= 100, $"x is {queue.X}: 1 to 100 percent.");
        Check(queue.T is >= 1 and <= 86_400, $"t is {queue.T}: 1 to 86400 seconds.");
        Check(queue.Penalty is >= 0 and <= 1_000_000, $"penalty is {queue.Penalty}: 0 to 1000000 a missed contact.");
        Check(queue.Limit >= queue.T && queue.Limit <= 31 * 86_400, $"limit is {queue.Limit}: seconds, not less than t.");
        Check(queue.Priority is null or (>= 1 and <= 99), $"priority is {queue.Priority}: 1 to 99.");
        Check(queue.Relax is null or { Count: <= 10 }, "relax has at most 10 steps.");
        foreach (var rule in (queue.Relax ?? []).Select(step => step.SkillRule).Prepend(queue.SkillRule).OfType<string>())
        {
            Check(SkillRule.Read(rule, out var wrong) is not null, $"skillRule '{rule}': {wrong}.");
        }

        return new TraceQueue(queue.Tenant ?? "", queue.Queue ?? "", queue.X, Ms(queue.T), queue.Penalty, Ms(queue.Limit))
        {
            Priority = queue.Priority, SkillRule = queue.SkillRule, Relax = [.. (queue.Relax ?? []).OrderBy(step => step.After).Select(step => new TraceStep((int)Ms(step.After), step.SkillRule))],
        };
    }

    private static TraceAgent Agent(AgentForm agent, Dictionary<string, int> queues, string where, List<string> errors)
    {
        void Check(bool isRight, string error) => errors.AddRange(isRight ? [] : [$"{where} ('{agent.Agent}'): {error}"]);

        Check(agent.Queues is { Count: > 0 and <= 1_000 }, "queues names 1 to 1000 queues.");
        Check(agent.Wage is >= 0 and <= 1_000_000, $"wage is {agent.Wage}: 0 to 1000000 an hour.");
        Check((agent.Levels ?? []).All(level => level.Value is >= 1 and <= 5), "levels are 1 to 5.");
        Check(agent.Shift is null or { Count: > 0 and <= SpansMax }, $"shift has 1 to {SpansMax} parts 'HH:MM-HH:MM'; leave it out for always.");
        var entries = new List<TraceEntry>();
        foreach (var entry in agent.Queues ?? [])
        {
            Check(queues.TryGetValue(entry.Queue, out var index), $"there is no queue '{entry.Queue}': use tenant/queue.");
            Check(entry.Priority is >= 1 and <= 99 && entry.Delay is >= 0 and <= 3_600, $"queue '{entry.Queue}': priority is 1 to 99, delay 0 to 3600 seconds.");
            Check(entries.TrueForAll(other => other.Queue != index), $"queue '{entry.Queue}' is there twice.");
            entries.Add(new TraceEntry(index, entry.Priority, entry.Delay));
        }

        var shift = new List<Span>();
        foreach (var part in agent.Shift ?? ["00:00-744:00"])
        {
            var ends = part.Split('-').Select(Clock).ToList();
            Check(ends is [{ } from, { } until] && from < until && until <= HoursMax * 3_600_000L, $"shift '{part}': HH:MM-HH:MM or HH:MM:SS-HH:MM:SS, the end later than the beginning; hours may pass 24.");
            shift.Add(ends is [{ } first, { } last] ? new Span(first, last) : default);
        }

        var ordered = shift.OrderBy(span => span.FromMs).ToList();
        Check(ordered.Zip(ordered.Skip(1)).All(pair => pair.First.UntilMs <= pair.Second.FromMs), "parts of the shift overlap.");
        return new TraceAgent(agent.Agent ?? where, entries, agent.Levels ?? [], agent.Wage, ordered);
    }

    private static long Ms(double seconds) => (long)Math.Round(Math.Clamp(seconds, 0, 1e9) * 1000);

    private static long? Clock(string text)
    {
        var parts = text.Trim().Split(':');
        var numbers = parts.Select(part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1).ToList();
        return numbers is [>= 0 and <= HoursMax and var hours, >= 0 and < 60 and var minutes, ..] && numbers.Count <= 3 && numbers.ElementAtOrDefault(2) is >= 0 and < 60 and var seconds
            ? ((((hours * 60L) + minutes) * 60) + seconds) * 1000
            : null;
    }

    private static string Clock(long ms)
    {
        var (hours, rest) = Math.DivRem(ms / 1000, 3600);
        return string.Create(CultureInfo.InvariantCulture, $"{hours:00}:{rest / 60:00}{(rest % 60 == 0 ? "" : $":{rest % 60:00}")}");
    }

    private sealed record CentreForm(List<QueueForm> Queues, List<AgentForm> Agents);

    private sealed record QueueForm(
        string Tenant, string Queue, int X, double T, decimal Penalty, double Limit, int? Priority = null, string? SkillRule = null, List<StepForm>? Relax = null);

    private sealed record StepForm(double After, string? SkillRule = null);

    private sealed record AgentForm(string Agent, List<EntryForm> Queues, Dictionary<string, int>? Levels, decimal Wage, List<string>? Shift);

    /// <summary>A queue of a profile; text alone is the name.</summary>
    [System.Text.Json.Serialization.JsonConverter(typeof(EntryReader))]
    private sealed record EntryForm(string Queue, int Priority = 50, int Delay = 0);

    private sealed class EntryReader : System.Text.Json.Serialization.JsonConverter<EntryForm>
    {
        public override EntryForm Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType == JsonTokenType.String)
            {
                return new EntryForm(reader.GetString()!);
            }

            var entry = JsonSerializer.Deserialize<FullEntry>(ref reader, options);
            return new EntryForm(entry?.Queue ?? "", entry?.Priority ?? 50, entry?.Delay ?? 0);
        }

        public override void Write(Utf8JsonWriter writer, EntryForm value, JsonSerializerOptions options)
        {
            if (value is { Priority: 50, Delay: 0 })
            {
                writer.WriteStringValue(value.Queue);
            }
            else
            {
                JsonSerializer.Serialize(writer, new FullEntry(value.Queue, value.Priority, value.Delay), options);
            }
        }
    }

    private sealed record FullEntry(string Queue, int? Priority, int? Delay);
}
