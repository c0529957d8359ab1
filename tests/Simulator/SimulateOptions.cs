using System.Globalization;

namespace CallCenter.Simulator;

/// <summary>What the command line of <c>simulate</c> says.</summary>
internal sealed record SimulateOptions
{
    public const int CallersMax = 500, AgentsMax = 500, MinutesMax = 24 * 60;

    /// <summary>Callers at the same time; each calls again and again.</summary>
    public int Callers { get; init; } = 20;

    public int Agents { get; init; } = 5;

    /// <summary>Minutes in which callers begin calls; the last ones end after it.</summary>
    public double Minutes { get; init; } = 2;

    /// <summary>All that is random follows from it.</summary>
    public int Seed { get; init; }

    /// <summary>The system may be killed and started again meanwhile.</summary>
    public bool Survive { get; init; }

    /// <summary>Of 100 callers who come to a queue so many ask to be called back; half of those do not answer at first.</summary>
    public int Callbacks { get; init; } = 10;

    /// <summary>Of 100 conversations the agent asks a colleague in so many, or hands the caller on.</summary>
    public int Transfers { get; init; } = 25;

    /// <summary>Milliseconds by which a time that was seen and a time that is reported may differ.</summary>
    public int ToleranceMs { get; init; } = 100;

    public Uri Http { get; init; } = new("http://127.0.0.1:8080");

    /// <summary>Where the system takes calls: host:port.</summary>
    public string Sip { get; init; } = "127.0.0.1:5060";

    /// <summary>The system's data folder, for its demo.json.</summary>
    public string Data { get; init; } = ".data";

    public static string Usage => """
        usage: ./callcenter simulate [--callers 20] [--agents 5] [--minutes 2] [--seed N] [--callbacks 10] [--transfers 25]
                                     [--survive] [--tolerance MS] [--http PORT|URL] [--sip PORT|HOST:PORT]
                                     [--data DIR]

          --callers N   people who call again and again, 1 to 500
          --agents N    agents of the demo who work, at least 1
          --minutes N   minutes in which calls begin, above 0; parts of a minute with a point
          --seed N      draws the same plans again; without it one is chosen and printed
          --callbacks N of 100 callers so many ask in the queue to be called back; half of those do not answer at first
          --transfers N of 100 conversations so many have the agent transfer to a queue or a colleague, consult, confer
          --survive     the system may be killed (kill -9) and started again while it runs; without callbacks, transfers and rules
          --tolerance MS by how much times may differ, 10 to 5000 (100); more on a machine that is too busy to be on time
          --http, --sip, --data: the running system, as of ./callcenter run
        """;

    /// <summary>Reads the arguments; null and the reason when one is wrong.</summary>
    public static (SimulateOptions? Options, string Error) Parse(IReadOnlyList<string> arguments, int freshSeed)
    {
        var options = new SimulateOptions { Seed = freshSeed };
        for (var i = 0; i < arguments.Count; i++)
        {
            var (name, value) = arguments[i].Split('=', 2) is [var n, var v] ? (n, v) : (arguments[i], null);
            if (name == "--survive" && value is null)
            {
                options = options with { Survive = true };
                continue;
            }
            value ??= i + 1 < arguments.Count ? arguments[++i] : "";
            if (options.With(name, value) is not { } read)
            {
                return (null, $"'{name} {value}' is not understood".TrimEnd());
            }
            options = read;
        }
        return (options, "");
    }

    private SimulateOptions? With(string name, string value) => name switch
    {
        "--callers" when Number(value, 1, CallersMax) is { } n => this with { Callers = n },
        "--agents" when Number(value, 1, AgentsMax) is { } n => this with { Agents = n },
        "--minutes" when double.TryParse(value, CultureInfo.InvariantCulture, out var n) && n > 0 && n <= MinutesMax => this with { Minutes = n },
        "--callbacks" when Number(value, 0, 100) is { } n => this with { Callbacks = n },
        "--transfers" when Number(value, 0, 100) is { } n => this with { Transfers = n },
        "--tolerance" when Number(value, 10, 5000) is { } n => this with { ToleranceMs = n },
        "--seed" when Number(value, 0, int.MaxValue) is { } n => this with { Seed = n },
        "--http" when Address(value) is { } address => this with { Http = address },
        "--sip" when Number(value, 1, 65535) is { } port => this with { Sip = $"127.0.0.1:{port}" },
        "--sip" when System.Net.IPEndPoint.TryParse(value, out var peer) && peer.Port > 0 => this with { Sip = value },
        "--data" when value.Length > 0 => this with { Data = value },
        _ => null,
    };

    private static int? Number(string text, int least, int most) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n >= least && n <= most ? n : null;

    private static Uri? Address(string text) =>
        Number(text, 1, 65535) is { } port ? new Uri($"http://127.0.0.1:{port}")
        : Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" ? new Uri(text) : null;
}
