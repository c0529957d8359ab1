using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace CallCenter.Simulator.Centre;

/// <summary>The HTTP API as one signed-in user.</summary>
internal sealed class CentreApi : IDisposable
{
    private readonly HttpClient _http;

    private CentreApi(Uri address) => _http = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromSeconds(20) };

    /// <summary>Signs in.</summary>
    /// <exception cref="SimulationException">Nobody answers there, or the user is refused.</exception>
    public static async Task<CentreApi> SignIn(Uri address, DemoUser user, CancellationToken ct)
    {
        var api = new CentreApi(address);
        try
        {
            var answer = await api.Send(HttpMethod.Post, "/api/sign-in", new { user = user.User, password = user.Password }, ct);
            api._http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (string)answer["token"]!);
            return api;
        }
        catch (HttpRequestException e)
        {
            api.Dispose();
            throw new SimulationException(e.StatusCode is null
                ? $"nobody answers at {address} ({e.Message}): start ./callcenter run, and give its --http here when it has one"
                : $"{user.User} cannot sign in at {address} ({e.Message}): is it the system of that --data folder?");
        }
    }

    /// <summary>True when the path is answered 200; false when it is refused or nobody listens.</summary>
    public static async Task<bool> Answers(HttpClient http, string path, CancellationToken ct)
    {
        try
        {
            using var response = await http.GetAsync(path, ct);
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    public async Task<IReadOnlyList<AgentItem>> Agents(CancellationToken ct) => Items<AgentItem>(await Send(HttpMethod.Get, "/api/agents", null, ct));

    public async Task<AgentItem> Agent(Guid id, CancellationToken ct) => Read<AgentItem>(await Send(HttpMethod.Get, $"/api/agents/{id}", null, ct));

    public async Task<IReadOnlyList<QueueItem>> Queues(CancellationToken ct) => Items<QueueItem>(await Send(HttpMethod.Get, "/api/queues", null, ct));

    /// <summary>Flows by id, as they are set.</summary>
    public async Task<IReadOnlyDictionary<Guid, JsonObject>> Flows(Guid tenant, CancellationToken ct) =>
        (await Send(HttpMethod.Get, $"/api/flows?tenant={tenant}", null, ct))["items"]!.AsArray().ToDictionary(f => (Guid)f!["id"]!, f => f!.AsObject());

    /// <summary>Milliseconds of each prompt.</summary>
    public async Task<IReadOnlyDictionary<Guid, long>> PromptMs(Guid tenant, CancellationToken ct) =>
        (await Send(HttpMethod.Get, $"/api/prompts?tenant={tenant}", null, ct))["items"]!.AsArray().ToDictionary(p => (Guid)p!["id"]!, p => (long)p!["milliseconds"]!);

    public Task SetStatus(Guid agent, string status, string? reason, CancellationToken ct) =>
        Send(HttpMethod.Put, $"/api/agents/{agent}/status", new { status, reason }, ct);

    /// <summary>Asks at the agent's desk for something about a contact: consult, transfer, conference, …; false when it is not possible (any more).</summary>
    public Task<bool> Desk(Guid agent, string what, object order, CancellationToken ct) => Possible(HttpMethod.Post, $"/api/agents/{agent}/{what}", order, ct);

    public Task<JsonNode> Get(string path, CancellationToken ct) => Send(HttpMethod.Get, path, null, ct);

    public Task Put(string path, JsonNode body, CancellationToken ct) => Send(HttpMethod.Put, path, body, ct);

    /// <summary>Ends a wrap-up; false when it is not one (any more).</summary>
    public Task<bool> Dispose(Guid agent, Guid contact, string code, CancellationToken ct) =>
        Possible(HttpMethod.Post, $"/api/agents/{agent}/disposition", new { contact, code }, ct);

    private async Task<bool> Possible(HttpMethod method, string path, object body, CancellationToken ct)
    {
        try
        {
            await Send(method, path, body, ct);
            return true;
        }
        catch (HttpRequestException e) when (e.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Conflict)
        {
            return false;
        }
    }

    /// <summary>Every contact of a tenant that began in the range, all pages.</summary>
    public async Task<IReadOnlyList<ContactItem>> Contacts(Guid tenant, DateTimeOffset from, DateTimeOffset to, CancellationToken ct)
    {
        var all = new List<ContactItem>();
        var cursor = "";
        do
        {
            var page = await Send(HttpMethod.Get, $"/api/contacts?tenant={tenant}&from={Stamp(from)}&to={Stamp(to)}&limit=500{cursor}", null, ct);
            all.AddRange(Items<ContactItem>(page));
            cursor = (string?)page["next"] is { } next ? $"&cursor={Uri.EscapeDataString(next)}" : "";
        }
        while (cursor.Length > 0);
        return all;
    }

    public async Task<ContactDetail> Contact(Guid id, CancellationToken ct) => Read<ContactDetail>(await Send(HttpMethod.Get, $"/api/contacts/{id}", null, ct));

    /// <summary>A report's answer; null when the system has no such report.</summary>
    public async Task<JsonNode?> Report(string path, CancellationToken ct)
    {
        try
        {
            return await Send(HttpMethod.Get, path, null, ct);
        }
        catch (HttpRequestException e) when (e.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    public static string Stamp(DateTimeOffset time) => Uri.EscapeDataString(time.ToString("O", CultureInfo.InvariantCulture));

    public void Dispose() => _http.Dispose();

    private static IReadOnlyList<T> Items<T>(JsonNode node) => Read<IReadOnlyList<T>>(node["items"]!);

    private static T Read<T>(JsonNode node) => node.Deserialize<T>(JsonSerializerOptions.Web) ?? throw new JsonException($"not a {typeof(T).Name}: {node}");

    private async Task<JsonNode> Send(HttpMethod method, string path, object? body, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Content = body is null ? null : JsonContent.Create(body, options: JsonSerializerOptions.Web);
        using var response = await _http.SendAsync(request, ct);
        var text = await response.Content.ReadAsStringAsync(ct);
        return response.IsSuccessStatusCode
            ? JsonNode.Parse(text.Length == 0 ? "{}" : text)!
            : throw new HttpRequestException($"{method} {path}: {(int)response.StatusCode} {text}", null, response.StatusCode);
    }
}
