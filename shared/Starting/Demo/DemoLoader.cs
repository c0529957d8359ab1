using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace CallCenter.Starting.Demo;

/// <summary>Loads the demo centre through the configuration API, as an administrator would. Loading again changes nothing.</summary>
internal static class DemoLoader
{
    /// <summary>Calls made beside each other: speech and password hashes keep every core busy, and nothing else waits for long.</summary>
    private const int AtOnce = 4;

    /// <returns>The calls that were made.</returns>
    /// <exception cref="StartException">A call was refused; the message tells which and why.</exception>
    public static async Task<IReadOnlyList<DemoCall>> Load(DemoCentre centre, HttpClient api, CancellationToken ct)
    {
        var calls = new List<DemoCall>();
        foreach (var alike in centre.Calls())
        {
            await Parallel.ForEachAsync(alike, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = ct },
                async (call, stop) => centre.Answered(call, await Put(api, call, stop)));
            calls.AddRange(alike);
        }
        return calls;
    }

    private static async Task<JsonNode> Put(HttpClient api, DemoCall call, CancellationToken ct)
    {
        using var response = await api.PutAsJsonAsync(call.Path, call.Body, ct);
        var answer = await response.Content.ReadAsStringAsync(ct);
        return response.IsSuccessStatusCode
            ? JsonNode.Parse(answer)!
            : throw new StartException($"the demo could not be loaded: PUT {call.Path} was answered {(int)response.StatusCode}: {answer}");
    }

    /// <summary>A client of this process's own API.</summary>
    public static HttpClient Client(Uri address, string token) => new()
    {
        BaseAddress = address,
        Timeout = TimeSpan.FromSeconds(60),
        DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", token) },
    };
}
