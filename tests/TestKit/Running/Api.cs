using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace CallCenter.TestKit.Running;

/// <summary>The HTTP API as one signed-in user sees it.</summary>
public sealed class Api : IDisposable
{
    private readonly HttpClient _http;

    private Api(Uri address, X509Certificate2? trusted = null)
    {
        var handler = new HttpClientHandler();
        if (trusted is not null)
        {
            handler.ServerCertificateCustomValidationCallback = (_, shown, _, _) => shown?.Thumbprint == trusted.Thumbprint;
        }
        _http = new HttpClient(handler) { BaseAddress = address, Timeout = TimeSpan.FromSeconds(30) };
    }

    /// <summary>The client below, for what has no method here.</summary>
    public HttpClient Http => _http;

    /// <summary>A client of nobody: without a token.</summary>
    public static Api Anonymous(Uri address) => new(address);

    /// <summary>Signs in; throws when refused.</summary>
    /// <param name="trusted">The certificate that an https address must show.</param>
    public static async Task<Api> SignIn(Uri address, string user, string password, X509Certificate2? trusted = null)
    {
        var api = new Api(address, trusted);
        var signed = await api.Post("/api/sign-in", new { user, password });
        api._http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (string)signed["token"]!);
        return api;
    }

    public Task<JsonNode> Get(string path) => Send(HttpMethod.Get, path, null);

    public Task<JsonNode> Put(string path, object body) => Send(HttpMethod.Put, path, body);

    public Task<JsonNode> Post(string path, object body) => Send(HttpMethod.Post, path, body);

    /// <summary>The status code alone.</summary>
    public async Task<HttpStatusCode> Status(HttpMethod method, string path, object? body = null)
    {
        using var response = await Request(method, path, body);
        return response.StatusCode;
    }

    public async Task<byte[]> Bytes(string path)
    {
        using var response = await Request(HttpMethod.Get, path, null);
        return response.IsSuccessStatusCode
            ? await response.Content.ReadAsByteArrayAsync()
            : throw new HttpRequestException($"GET {path}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}", null, response.StatusCode);
    }

    public async Task<IReadOnlyList<AgentView>> Agents() => Read<Page<AgentView>>(await Get("/api/agents")).Items;

    /// <summary>The agent that belongs to the user name.</summary>
    public async Task<AgentView> Agent(string user) => (await Agents()).Single(a => a.User == user);

    public Task SetStatus(Guid agent, string status, string? reason = null) => Put($"/api/agents/{agent}/status", new { status, reason });

    /// <summary>Every contact of a tenant that began within the last hour, all pages.</summary>
    public Task<IReadOnlyList<ContactItem>> Contacts(Guid tenant) =>
        Contacts(tenant, TimeProvider.System.GetUtcNow().AddHours(-1), TimeProvider.System.GetUtcNow().AddHours(1));

    /// <summary>Every contact of a tenant that began in the range, all pages.</summary>
    public async Task<IReadOnlyList<ContactItem>> Contacts(Guid tenant, DateTimeOffset from, DateTimeOffset to)
    {
        var all = new List<ContactItem>();
        string? cursor = null;
        do
        {
            var next = cursor is null ? "" : $"&cursor={Uri.EscapeDataString(cursor)}";
            var page = Read<Page<ContactItem>>(await Get($"/api/contacts?tenant={tenant}&from={Stamp(from)}&to={Stamp(to)}{next}"));
            all.AddRange(page.Items);
            cursor = page.Next;
        }
        while (cursor is not null);
        return all;
    }

    public async Task<ContactDetail> Contact(Guid id) => Read<ContactDetail>(await Get($"/api/contacts/{id}"));

    public void Dispose() => _http.Dispose();

    private static string Stamp(DateTimeOffset time) => Uri.EscapeDataString(time.ToString("O"));

    private static T Read<T>(JsonNode node) => node.Deserialize<T>(JsonSerializerOptions.Web)
        ?? throw new JsonException($"not a {typeof(T).Name}: {node}");

    private async Task<JsonNode> Send(HttpMethod method, string path, object? body)
    {
        using var response = await Request(method, path, body);
        var text = await response.Content.ReadAsStringAsync();
        return response.IsSuccessStatusCode
            ? JsonNode.Parse(text.Length == 0 ? "{}" : text)!
            : throw new HttpRequestException($"{method} {path}: {(int)response.StatusCode} {text}", null, response.StatusCode);
    }

    private async Task<HttpResponseMessage> Request(HttpMethod method, string path, object? body)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Content = body is null ? null : JsonContent.Create(body, options: JsonSerializerOptions.Web);
        return await _http.SendAsync(request);
    }

    private sealed record Page<T>(IReadOnlyList<T> Items, string? Next);
}

/// <summary>An agent as <c>GET /api/agents</c> tells it.</summary>
public sealed record AgentView(
    Guid Id, string User, string Name, string Status, string? Reason, DateTimeOffset StatusSince, string State, DateTimeOffset StateSince);

/// <summary>A contact as the list tells it; the termination is null while it lives.</summary>
public record ContactItem(
    Guid Id, Guid Tenant, string Channel, string Caller, string Called, DateTimeOffset StartedAt, DateTimeOffset? EndedAt,
    Guid? Queue, Guid? Agent, string? Termination, IReadOnlyList<Guid> Recordings);

/// <summary>A contact with its legs and events.</summary>
public sealed record ContactDetail(
    Guid Id, Guid Tenant, string Channel, string Caller, string Called, DateTimeOffset StartedAt, DateTimeOffset? EndedAt,
    Guid? Queue, Guid? Agent, string? Termination, IReadOnlyList<Guid> Recordings,
    IReadOnlyList<LegView> Legs, IReadOnlyList<EventView> Events)
    : ContactItem(Id, Tenant, Channel, Caller, Called, StartedAt, EndedAt, Queue, Agent, Termination, Recordings);

/// <summary>A leg; the phases are milliseconds.</summary>
public sealed record LegView(
    Guid Id, string Role, string? User, DateTimeOffset StartedAt, DateTimeOffset? EndedAt, string? Outcome, IReadOnlyDictionary<string, long?> Phases)
{
    public long Phase(string name) => Phases.TryGetValue(name, out var value) ? value ?? 0 : 0;

    /// <summary>Milliseconds of all phases that lie within the leg; the wrap-up follows it.</summary>
    public long PhaseSum => Phases.Where(p => p.Key != "wrapUp").Sum(p => p.Value ?? 0);

    public long LengthMs => (long)(EndedAt!.Value - StartedAt).TotalMilliseconds;
}

/// <summary>An event of a contact.</summary>
public sealed record EventView(Guid Id, string Type, string Source, long Sequence, DateTimeOffset At);
