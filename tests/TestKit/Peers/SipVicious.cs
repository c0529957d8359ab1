using System.Net;

namespace CallCenter.TestKit.Peers;

/// <summary>The scanner svwar and the password guesser svcrack (Debian's sipvicious), as attackers run them.</summary>
public sealed class SipVicious : IAsyncDisposable
{
    private const string Folder = "/usr/share/sipvicious";
    private readonly PeerProcess process;
    private readonly string folder;

    private SipVicious(PeerProcess process, string folder) => (this.process, this.folder) = (process, folder);

    /// <summary>What it has said.</summary>
    public string Output => process.Output;

    /// <summary>Looks for users of a range.</summary>
    /// <param name="target">Whom it attacks.</param>
    /// <param name="method">REGISTER or INVITE.</param>
    /// <param name="extensions">Such as 100-999.</param>
    /// <param name="from">The address it attacks from.</param>
    /// <param name="host">The namespace it runs in; null: this one.</param>
    /// <param name="disguised">It does not name itself in User-Agent, which else gets it banned by its first message.</param>
    public static SipVicious Scan(IPEndPoint target, IPAddress from, string method, string extensions, OutsideHost? host, bool disguised) =>
        Start("svwar", ["--force", "-e", extensions, "-m", method], target, from, host, disguised, []);

    /// <summary>Guesses the password of a user, in this order.</summary>
    public static SipVicious Guess(IPEndPoint target, IPAddress from, string user, IEnumerable<string> passwords, OutsideHost? host, bool disguised) =>
        Start("svcrack", ["-u", user, "-d", "passwords.txt"], target, from, host, disguised, passwords);

    /// <summary>Waits until it has given up or is done.</summary>
    public Task<int> Ends(TimeSpan within) => process.Ends(within);

    public async ValueTask DisposeAsync()
    {
        await process.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    private static SipVicious Start(string tool, string[] options, IPEndPoint target, IPAddress from, OutsideHost? host, bool disguised, IEnumerable<string> passwords)
    {
        if (!Directory.Exists(Folder))
        {
            throw new InvalidOperationException($"{tool} is missing: apt-get install sipvicious");
        }
        var folder = Directory.CreateTempSubdirectory("sipvicious-").FullName;
        File.WriteAllLines(Path.Combine(folder, "passwords.txt"), passwords);
        var name = disguised ? "Phone/1.0" : "friendly-scanner";
        File.WriteAllText(Path.Combine(folder, "run.py"), $"""
            import socket, sys
            # Their own option for the address to come from has no effect.
            class Bound(socket.socket):
                def bind(self, address):
                    super().bind(('{from}', address[1]))
            socket.socket = Bound
            sys.path.insert(0, '{Folder}')
            import sipvicious.libs.svhelper as helper
            helper.makeRequest.__defaults__ = tuple('{name}' if d == 'friendly-scanner' else d for d in helper.makeRequest.__defaults__)
            import sipvicious.{tool} as tool
            tool.main()
            """);
        string[] words =
        [
            "/usr/bin/python3", "run.py", .. options, "--maximumtime=3", "-x", $"{from}", "-p", $"{target.Port}", $"{target.Address}",
        ];
        var command = host is null ? words : host.Command(words);
        return new(new PeerProcess(command[0], "python3", command.Skip(1), folder), folder);
    }
}
