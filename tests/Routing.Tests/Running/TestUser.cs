using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace CallCenter.Routing.Tests.Running;

/// <summary>The API as one signed-in user calls it.</summary>
internal sealed class TestUser(Uri address, string? token) : IDisposable
{
    private readonly HttpClient http = new()
    {
        BaseAddress = address,
        DefaultRequestHeaders = { Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token) },
    };

    public Task<JsonNode> Get(string path, HttpStatusCode expected = HttpStatusCode.OK) => Send(HttpMethod.Get, path, null, expected);

    public Task<JsonNode> Put(string path, object body, HttpStatusCode expected = HttpStatusCode.OK) => Send(HttpMethod.Put, path, body, expected);

    public Task<JsonNode> Post(string path, object body, HttpStatusCode expected) => Send(HttpMethod.Post, path, body, expected);

    public Task<JsonNode> Delete(string path, HttpStatusCode expected) => Send(HttpMethod.Delete, path, null, expected);

    public void Dispose() => http.Dispose();

    private async Task<JsonNode> Send(HttpMethod method, string path, object? body, HttpStatusCode expected)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        using var response = await http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        response.StatusCode.ShouldBe(expected, text);
        return JsonNode.Parse(text.Length == 0 ? "{}" : text)!;
    }
}
