using System.ComponentModel;
using System.Diagnostics;

namespace CallCenter.Hosting;

/// <summary>Runs a program to its end.</summary>
internal static class Command
{
    public readonly record struct Result(int ExitCode, string Output);

    /// <summary>Exit code and what the program said; 127 when there is no such program, as a shell has it.</summary>
    public static async Task<Result> Run(IReadOnlyList<string> command, CancellationToken ct)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, WorkingDirectory = "/",
        };
        try
        {
            using var process = Process.Start(start)!;
            process.StandardInput.Close();
            var output = process.StandardOutput.ReadToEndAsync(ct);
            var errors = process.StandardError.ReadToEndAsync(ct);
            await process.WaitForExitAsync(ct);
            return new(process.ExitCode, (await output + await errors).Trim());
        }
        catch (Win32Exception e)
        {
            return new(127, e.Message);
        }
    }
}
