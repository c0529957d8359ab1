using System.Globalization;
using System.Net.Http.Json;
using System.Net.Sockets;

namespace CallCenter.TestKit.Running;

/// <summary>A member of the fleet as it tells of itself.</summary>
public sealed record FleetMember(string Name, int? ProcessId, string State, int Restarts, double Megabytes, double CpuSeconds, string? Address)
{
    public bool IsWell => State is "ready" or "stands by" or "runs";
}

/// <summary>What <c>./callcenter fleet status</c>, <c>kill</c>, <c>freeze</c> and <c>restart</c> do, on a running fleet.</summary>
public sealed class FleetControl(RunningCenter center) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        ConnectCallback = async (_, ct) =>
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(Path.Combine(center.Data, "fleet", "control")), ct);
            return new NetworkStream(socket, ownsSocket: true);
        },
    })
    { BaseAddress = new Uri("http://fleet"), Timeout = TimeSpan.FromMinutes(2) };

    /// <param name="memory">Also how much of it each uses.</param>
    public async Task<IReadOnlyList<FleetMember>> Members(bool memory) => (await _http.GetFromJsonAsync<List<FleetMember>>(memory ? "/members?memory=true" : "/members"))!;

    public Task<IReadOnlyList<FleetMember>> Members() => Members(memory: false);

    /// <summary>kill -9; it is started again after that time.</summary>
    public Task Kill(string name, TimeSpan away) => Order(name, "kill", away);

    /// <summary>Stands still for that time; completes afterwards.</summary>
    public Task Freeze(string name, TimeSpan time) => Order(name, "freeze", time);

    /// <summary>Stops in order; completes when its process is there again.</summary>
    public Task Restart(string name) => Order(name, "restart", TimeSpan.Zero);

    /// <summary>Waits until every member is well; the time that it took.</summary>
    public async Task<TimeSpan> AllWell(TimeSpan within)
    {
        var from = TimeProvider.System.GetTimestamp();
        await Eventually.Get("every member well", within, Members, all => all.All(m => m.IsWell));
        return TimeProvider.System.GetElapsedTime(from);
    }

    public void Dispose() => _http.Dispose();

    private async Task Order(string name, string what, TimeSpan time)
    {
        using var response = await _http.PostAsync(new Uri(string.Create(CultureInfo.InvariantCulture, $"/members/{name}/{what}?seconds={time.TotalSeconds}"), UriKind.Relative), null);
        if (!response.IsSuccessStatusCode)
        {
            throw new InvalidOperationException($"{what} {name}: {await response.Content.ReadAsStringAsync()}");
        }
    }
}
