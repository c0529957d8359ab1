using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization;
using CallCenter.Desk.Push;

namespace CallCenter.Desk.Owners;

/// <summary>A queue as <c>GET /api/queues</c> tells it, as far as screens need it.</summary>
internal sealed record QueueRead(
    Guid Id, Guid Tenant, string Name, int Waiting, DateTimeOffset? LongestWaitSince, int OfferTimeoutSeconds, int WrapUpSeconds,
    ServiceLevelGoal ServiceLevel, string? Greeting, IReadOnlyList<DispositionCode>? Codes)
{
    /// <summary>How long a browser shows the pop before it answers.</summary>
    public int PopSeconds { get; init; } = 1;
}

/// <summary>A leg as <c>GET /api/contacts/{id}</c> tells it.</summary>
internal sealed record LegRead(Guid Id, Guid? User, DateTimeOffset StartedAt, DateTimeOffset? EndedAt);

/// <summary>A customer as <c>GET /api/contacts/{id}</c> tells it.</summary>
internal sealed record CustomerRead(Guid Id, string Name);

/// <summary>A contact as <c>GET /api/contacts/{id}</c> tells it, as far as screens need it.</summary>
internal sealed record ContactRead(
    Guid Id, Guid Tenant, string? Caller, string? Called, Guid? Queue, IReadOnlyList<LegRead> Legs, CustomerRead? Customer = null);

/// <summary>A metric as Reporting tells it; null when its denominator is zero.</summary>
internal sealed record MetricRead(int Version, double? Value);

/// <summary>A queue's metrics by id.</summary>
internal sealed record QueueMetricsRead(Guid Queue, IReadOnlyDictionary<string, MetricRead> Metrics);

/// <summary>
/// Reads what is true from the services that own it, with Desk's own token: what of it a user may see is Desk's to decide.
/// Throws <see cref="HttpRequestException"/> when the owner does not answer within 10 s or answers with an error.
/// </summary>
internal sealed class OwnerReads(IHttpClientFactory http)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    public async Task<IReadOnlyList<QueueRead>> Queues(CancellationToken ct) => (await Get<Items<QueueRead>>("Routing", "/api/queues", ct))?.List ?? [];

    public async Task<IReadOnlyList<AgentItem>> Agents(CancellationToken ct) => (await Get<Items<AgentItem>>("Routing", "/api/agents", ct))?.List ?? [];

    /// <summary>Null when the user is no agent.</summary>
    public Task<AgentItem?> Agent(Guid id, CancellationToken ct) => Get<AgentItem>("Routing", $"/api/agents/{id}", ct);

    /// <summary>Null as long as Reporting has heard nothing of it.</summary>
    public Task<ContactRead?> Contact(Guid id, CancellationToken ct) => Get<ContactRead>("Reporting", $"/api/contacts/{id}", ct);

    /// <summary>The queues' metrics since local midnight.</summary>
    public async Task<IReadOnlyList<QueueMetricsRead>> Today(Guid tenant, CancellationToken ct) =>
        (await Get<Items<QueueMetricsRead>>("Reporting", $"/api/reports/today?tenant={tenant}", ct))?.List ?? [];

    // Null: there is none (404).
    private async Task<T?> Get<T>(string service, string path, CancellationToken ct) where T : class
    {
        using var client = http.CreateClient(service);
        try
        {
            using var response = await client.GetAsync(new Uri(path, UriKind.Relative), ct);
            return response.StatusCode == HttpStatusCode.NotFound
                ? null
                : await response.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<T>(Json, ct);
        }
        catch (Exception e) when (e is JsonException || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            throw new HttpRequestException($"{service} did not answer {path} as expected: {e.Message}", e);
        }
    }

    private sealed record Items<T>([property: JsonPropertyName("items")] IReadOnlyList<T> List);
}
