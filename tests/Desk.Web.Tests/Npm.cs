using System.Diagnostics;
using System.Text;
using CallCenter.TestKit.Running;

namespace CallCenter.Desk.Web.Tests;

/// <summary>Scripts of the client's package.json.</summary>
internal static class Npm
{
    public static string Folder => Path.Combine(Source.Root, "services", "Desk", "web");

    /// <summary>Runs a script to its end; throws with all that it printed when it fails or takes too long.</summary>
    public static Task<string> Run(string[] arguments, TimeSpan within, params (string Name, string Value)[] environment) =>
        Run(arguments, within, _ => { }, environment);

    /// <summary>The same; what it prints is told line by line while it runs.</summary>
    public static async Task<string> Run(string[] arguments, TimeSpan within, Action<string> said, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo("npm", arguments) { WorkingDirectory = Folder, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["NO_COLOR"] = "1";
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start) ?? throw new InvalidOperationException("npm did not start: is Node.js on the PATH?");
        var output = Task.WhenAll(Read(process.StandardOutput, said), Read(process.StandardError, said));
        try
        {
            await process.WaitForExitAsync().WaitAsync(within);
        }
        catch (TimeoutException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"npm {string.Join(' ', arguments)} took longer than {within.TotalMinutes} minutes:\n{string.Join('\n', await output)}");
        }

        var text = string.Join('\n', await output);
        return process.ExitCode == 0 ? text : throw new InvalidOperationException($"npm {string.Join(' ', arguments)} ended with {process.ExitCode}:\n{text}");
    }

    private static async Task<string> Read(StreamReader reader, Action<string> said)
    {
        var text = new StringBuilder();
        while (await reader.ReadLineAsync() is { } line)
        {
            text.AppendLine(line);
            said(line);
        }

        return text.ToString();
    }
}
