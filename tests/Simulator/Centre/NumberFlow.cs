using System.Globalization;
using System.Text.Json.Nodes;

namespace CallCenter.Simulator.Centre;

/// <summary>A menu as a caller meets it.</summary>
/// <param name="After">Time from the answer until the menu listens.</param>
/// <param name="Queues">Queue by key.</param>
internal sealed record Menu(TimeSpan After, IReadOnlyDictionary<char, Guid> Queues);

/// <summary>
/// What a caller of a number knows who has called before: how long the greeting speaks, which key leads to which queue, and
/// when it is closed. Read from the flow that is set, not from what the system reports of calls.
/// </summary>
internal sealed class NumberFlow(string number, DemoTenant tenant, JsonObject flow, IReadOnlyDictionary<Guid, long> promptMs)
{
    private const int StepsMax = 50;

    public string Number => number;

    public DemoTenant Tenant => tenant;

    /// <summary>The first menu of a call at that time; null when none leads to a queue (closed).</summary>
    public Menu? MenuAt(DateTimeOffset at)
    {
        var after = TimeSpan.Zero;
        var name = (string?)flow["start"];
        for (var i = 0; i < StepsMax && name is not null; i++)
        {
            var step = flow["steps"]![name]!;
            if (step["menu"] is JsonObject menu)
            {
                var queues = QueuesOf(menu);
                return queues.Count > 0 ? new Menu(after, queues) : null;
            }
            after += TimeSpan.FromMilliseconds(step["play"] is { } play ? promptMs.GetValueOrDefault((Guid)play["prompt"]!) : 0);
            name = step["hours"] is JsonObject hours
                ? (string?)hours[IsOpen(hours, at) ? "then" : "otherwise"]
                : (string?)step["play"]?["next"];
        }
        return null;
    }

    private Dictionary<char, Guid> QueuesOf(JsonObject menu) =>
        (from option in menu["options"]!.AsObject()
         let queue = (Guid?)flow["steps"]![(string)option.Value!]?["queue"]?["queue"]
         where queue is not null
         select (option.Key[0], queue.Value)).ToDictionary();

    private bool IsOpen(JsonObject hours, DateTimeOffset at)
    {
        var local = TimeZoneInfo.ConvertTime(at, TimeZoneInfo.FindSystemTimeZoneById(tenant.TimeZone));
        var closed = hours["closedOn"]?.AsArray().Any(d => (string?)d == local.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)) == true;
        return !closed && hours["open"]!.AsArray().Any(span => Holds(span!, local));
    }

    private static bool Holds(JsonNode span, DateTimeOffset local)
    {
        var today = local.DayOfWeek.ToString()[..3];
        var days = span["days"]!.AsArray();
        var time = local.TimeOfDay;
        return days.Any(d => (string?)d == today) && time >= Time(span["from"]!) && time < Time(span["to"]!);
    }

    private static TimeSpan Time(JsonNode text) =>
        (string?)text == "24:00" ? TimeSpan.FromDays(1) : TimeSpan.ParseExact((string)text!, @"hh\:mm", CultureInfo.InvariantCulture);
}
