using System.Globalization;
using System.Net.Http.Json;
using System.Net.Sockets;
using CallCenter.Hosting;
using CallCenter.Starting;

namespace CallCenter.Fleet.Control;

/// <summary>The commands about a running fleet: <c>status</c>, <c>kill</c>, <c>freeze</c>, <c>restart</c>, and those about its broker.</summary>
internal static class Client
{
    private static readonly TimeSpan Within = TimeSpan.FromMinutes(15);

    /// <param name="args">The command, its words, then <c>--data DIR</c>.</param>
    /// <returns>Exit code: 0, or 1 with a line that says why.</returns>
    public static async Task<int> Run(string[] args)
    {
        var folder = Option(args, "--data") ?? ".data";
        var words = args.TakeWhile(word => !word.StartsWith("--", StringComparison.Ordinal)).ToList();
        if (words[0] is "queues" or "dead" or "resend" && Option(args, "--broker") is { } broker)
        {
            return await BrokerCommands.Run(words, Uri.TryCreate(broker, UriKind.Absolute, out var uri) ? uri : throw new StartException($"--broker '{broker}' is not of the form amqp://account:password@host:5672/vhost"));
        }
        using var fleet = Connect(new DataFolder(folder));
        try
        {
            return words switch
            {
                ["status"] => await Status(fleet),
                ["kill" or "freeze", var name, ..] => await Ask(fleet, $"/members/{name}/{words[0]}?seconds={Seconds(words)}"),
                ["queues" or "dead" or "resend", ..] => await BrokerCommands.Run(words, (await fleet.GetFromJsonAsync<Uri>("/broker"))!),
                ["restart", var name] => await Ask(fleet, $"/members/{name}/restart"),
                _ => throw new StartException($"'fleet {string.Join(' ', words)}' is not known: fleet status | kill NAME [SECONDS] | freeze NAME SECONDS | restart NAME | logs [NAME] | queues | dead [QUEUE] | resend QUEUE"),
            };
        }
        catch (HttpRequestException e) when (e.InnerException is SocketException)
        {
            throw new StartException($"no fleet runs on {folder}: start it with './callcenter fleet', or name its folder with --data");
        }
    }

    private static string? Option(string[] args, string name) => Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : null;

    private static string Seconds(List<string> words) => words.Count < 3 ? "0"
        : double.TryParse(words[2], CultureInfo.InvariantCulture, out var seconds) ? seconds.ToString(CultureInfo.InvariantCulture)
        : throw new StartException($"'{words[2]}' is no number of seconds");

    private static HttpClient Connect(DataFolder data)
    {
        var socket = new UnixDomainSocketEndPoint(ControlApi.SocketOf(data));
        return new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (_, ct) =>
            {
                var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                try
                {
                    await connection.ConnectAsync(socket, ct);
                    return new NetworkStream(connection, ownsSocket: true);
                }
                catch
                {
                    connection.Dispose();
                    throw;
                }
            },
        }) { BaseAddress = new Uri("http://fleet"), Timeout = Within };
    }

    private static async Task<int> Ask(HttpClient fleet, string path)
    {
        using var response = await fleet.PostAsync(new Uri(path, UriKind.Relative), null);
        return response.IsSuccessStatusCode ? 0 : throw new StartException((await response.Content.ReadFromJsonAsync<string>())!);
    }

    private static async Task<int> Status(HttpClient fleet)
    {
        var members = (await fleet.GetFromJsonAsync<List<MemberStatus>>("/members?memory=true"))!;
        Console.WriteLine($"{"member",-14} {"state",-10} {"pid",8} {"restarts",8} {"memory MB",10} {"CPU s",8}  address");
        foreach (var m in members)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{m.Name,-14} {m.State,-10} {m.ProcessId?.ToString(CultureInfo.InvariantCulture) ?? "-",8} {m.Restarts,8} {m.Megabytes,10:0} {m.CpuSeconds,8:0.0}  {m.Address}"));
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{"",-43} {members.Sum(m => m.Megabytes),10:0} {members.Sum(m => m.CpuSeconds),8:0.0}"));
        return members.TrueForAll(m => m.State is "ready" or "stands by" or "runs") ? 0 : 1;
    }
}
