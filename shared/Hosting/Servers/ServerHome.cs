using System.Security.Cryptography;
using System.Text;

namespace CallCenter.Hosting;

/// <summary>Where a local server (database, broker) lives and under which account it runs.</summary>
/// <param name="Folder">Holds its data and its log; owned by the account.</param>
/// <param name="RunAs">Null: this process's own account.</param>
internal sealed record ServerHome(string Folder, string? RunAs)
{
    private const string Elsewhere = "/var/lib/callcenter";

    /// <param name="server">Name of its folder, of its package's account, and of the package: <c>postgres</c>, <c>rabbitmq</c>.</param>
    /// <param name="secret">Tells this installation from an earlier one in the same folder.</param>
    public static async Task<ServerHome> Choose(DataFolder data, string server, string secret, Action<string> say, CancellationToken ct)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            return new(data.Folder(server), null);
        }
        await RequireAccount(server, ct);
        var home = new ServerHome(data.Folder(server), server);
        if (await home.Own(ct))
        {
            return home;
        }
        // The secret is part of the name: a data folder that was deleted and made again gets a server of its own.
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{data.Root}\n{secret}")))[..16];
        home = new(Path.Combine(Elsewhere, hash), server);
        Directory.CreateDirectory(home.Folder);
        if (!await home.Own(ct))
        {
            throw new InvalidOperationException($"The account {server} can use neither {data.Folder(server)} nor {home.Folder}: give it the right to pass through one of them (chmod o+x on its parents).");
        }
        say($"The account {server} cannot reach {data.Root}: its data is in {home.Folder}.");
        return home;
    }

    /// <summary>The command as the server's account.</summary>
    public string[] As(params string[] command) => RunAs is { } account ? ["runuser", "-u", account, "--", .. command] : command;

    private static async Task RequireAccount(string account, CancellationToken ct)
    {
        if ((await Command.Run(["id", "-u", account], ct)).ExitCode != 0)
        {
            var package = account == "postgres" ? "postgresql" : $"{account}-server";
            throw new InvalidOperationException($"A server never runs as root and the account {account} is missing: install the package {package}, or start as another user.");
        }
    }

    // Gives the folder to the account and sees whether the account reaches it.
    private async Task<bool> Own(CancellationToken ct) =>
        (await Command.Run(["chown", $"{RunAs}:{RunAs}", Folder], ct)).ExitCode == 0
        && (await Command.Run(["chmod", "0700", Folder], ct)).ExitCode == 0
        && (await Command.Run(["runuser", "-u", RunAs!, "--", "test", "-w", Folder, "-a", "-x", Folder], ct)).ExitCode == 0;
}
