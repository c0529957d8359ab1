using System.Text.RegularExpressions;
using CallCenter.Hosting;
using CallCenter.Routing.Agents;
using CallCenter.Routing.Pools;
using Microsoft.Extensions.DependencyInjection;
using Orleans;

namespace CallCenter.Routing.Queues;

/// <summary>/api/queues: settings and live figures of the queues of a tenant, or of all that the caller sees.</summary>
internal static partial class QueuesApi
{
    private const int TextMax = 100;
    private const int GreetingMax = 500;
    private const int CodesMax = 40;
    private const int CodeMax = 32;

    public static void MapQueues(this IEndpointRouteBuilder app)
    {
        app.MapGet("/api/queues", List).RequireRoles(Role.Agent, Role.Supervisor, Role.Client, Role.Administrator, Role.Service);
        app.MapPut("/api/queues/{id:guid}", Configure).RequireRoles(Role.Administrator, Role.Service);
    }

    private static async Task<IResult> List(
        Guid? tenant, Caller caller, [FromKeyedServices(RoutingService.Name)] ConfigurationSnapshots snapshots,
        RoutingStore store, IGrainFactory grains, TimeProvider clock, CancellationToken ct)
    {
        if (tenant is { } one && (!caller.Sees(one) || one == Guid.Empty))
        {
            return Problems.NotFound("tenant");
        }

        var all = caller.Role != Role.Client && caller.Tenants.Count == 0;
        var tenants = tenant is { } only ? [only] : all ? snapshots.Operator()?.Tenants ?? [] : caller.Tenants;
        if (tenants.Count == 0)
        {
            return Results.Ok(new { items = Array.Empty<QueueItem>() });
        }

        var queues = await store.Rows<QueueRecord>(StateTable.Queues, tenants, all: true, ct);
        var figures = await grains.GetGrain<IPoolGrain>(Keys.Pool).Figures([.. queues.Select(queue => queue.State.Id)]);
        var now = clock.GetUtcNow();
        return Results.Ok(new { items = queues.Zip(figures, (queue, live) => Show(queue.State, live, now)).OrderBy(item => item.Name, StringComparer.Ordinal).ToList() });
    }

    private static async Task<IResult> Configure(Guid id, QueueSettings settings, IGrainFactory grains, TimeProvider clock)
    {
        var errors = Errors(settings).ToList();
        if (errors.Count > 0)
        {
            return Problems.Invalid(errors);
        }

        var queue = new QueueRecord
        {
            Id = id,
            Tenant = settings.Tenant,
            Name = settings.Name,
            Priority = settings.Priority,
            Skills = settings.Skills ?? [],
            OfferTimeoutMs = settings.OfferTimeoutSeconds * 1000,
            WrapUpMs = settings.WrapUpSeconds * 1000,
            ShortAbandonMs = settings.ShortAbandonSeconds * 1000,
            ServiceLevelPercent = ServiceLevelOf(settings).Percent,
            ServiceLevelMs = ServiceLevelOf(settings).Seconds * 1000,
            Record = settings.Record,
            Greeting = settings.Greeting?.Trim(),
            Codes = settings.Codes ?? [],
            PopMs = settings.PopSeconds * 1000,
        };
        try
        {
            await grains.GetGrain<IQueueGrain>(Keys.OfTenant(queue.Tenant, id)).Configure(RoutingStore.Write(queue));
        }
        catch (FencedException)
        {
            return Problems.Conflict("The id belongs to another queue, or the queue was changed at the same time: read it and try again.");
        }

        var live = await grains.GetGrain<IPoolGrain>(Keys.Pool).Figures([id]);
        return Results.Ok(Show(queue, live[0], clock.GetUtcNow()));
    }

    private static ServiceLevel ServiceLevelOf(QueueSettings settings) => settings.ServiceLevel ?? new ServiceLevel();

    private static IEnumerable<string> Errors(QueueSettings settings)
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
            ("serviceLevel.percent", ServiceLevelOf(settings).Percent, 1, 100), ("serviceLevel.seconds", ServiceLevelOf(settings).Seconds, 1, 3600),
        })
        {
            if (value < least || value > most)
            {
                yield return $"{name} is {value}: {least} to {most}.";
            }
        }

        foreach (var error in SkillRules.Errors(settings.Skills ?? []))
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

    private static QueueItem Show(QueueRecord queue, QueueFigures live, DateTimeOffset now) => new(
        queue.Id, queue.Tenant, queue.Name, live.Waiting, live.LongestSince is { } since ? (long)(now - since).TotalMilliseconds : 0, live.LongestSince,
        queue.Priority, queue.Skills, queue.OfferTimeoutMs / 1000, queue.WrapUpMs / 1000, queue.ShortAbandonMs / 1000, queue.Record,
        new ServiceLevel(queue.ServiceLevelPercent, queue.ServiceLevelMs / 1000), queue.Greeting, queue.Codes, queue.PopMs / 1000);

    /// <summary>A queue with its live figures; waits in milliseconds.</summary>
    internal sealed record QueueItem(
        Guid Id, Guid Tenant, string Name, int Waiting, long LongestWaitMs, DateTimeOffset? LongestWaitSince,
        int Priority, IReadOnlyDictionary<string, int> Skills, int OfferTimeoutSeconds, int WrapUpSeconds, int ShortAbandonSeconds, bool Record,
        ServiceLevel ServiceLevel, string? Greeting, IReadOnlyList<DispositionCode> Codes, int PopSeconds);

    /// <summary>What is set for a queue; skills are the lowest levels, 1 to 5, that an agent needs.</summary>
    internal sealed record QueueSettings(
        Guid Tenant, string Name, int Priority = 50, Dictionary<string, int>? Skills = null,
        int OfferTimeoutSeconds = 20, int WrapUpSeconds = 15, int ShortAbandonSeconds = 5, bool Record = true,
        ServiceLevel? ServiceLevel = null, string? Greeting = null, IReadOnlyList<DispositionCode>? Codes = null,
        int PopSeconds = 1);

    /// <summary>So many percent of contacts answered within so many seconds.</summary>
    internal sealed record ServiceLevel(int Percent = 80, int Seconds = 20);
}
