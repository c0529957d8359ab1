using System.Text.Json;
using CallCenter.Benchmarks.Call;
using CallCenter.Benchmarks.Measure;
using Spectre.Console;

const string Usage = "usage: ./callcenter bench [NAME...] [--json FILE]    without a name: lists them; each starts a system of its own";
var json = "";
var names = new List<string>();
for (var i = 0; i < args.Length; i++)
{
    if (args[i] == "--json" && i + 1 < args.Length)
    {
        json = args[++i];
    }
    else if (args[i] == CallBench.Name)
    {
        names.Add(args[i]);
    }
    else
    {
        Console.Error.WriteLine($"callcenter bench: '{args[i]}' is not understood\n{Usage}");
        return 2;
    }
}
if (names.Count == 0)
{
    Console.WriteLine($"{Usage}\n\n  {CallBench.Name}    whole calls: how many a second, what they cost, how soon a freed agent hears the next caller (6 min)");
    return 0;
}
var machine = Machine.Here();
Console.WriteLine(machine);
var rows = await new CallBench(TimeProvider.System, Console.Out).Run();
AnsiConsole.Profile.Width = Math.Max(200, AnsiConsole.Profile.Width); // a row a line, also in a file
AnsiConsole.Write(ResultTable.Of(rows));
Console.WriteLine($"reference: {References.Source}");
if (json.Length > 0)
{
    await using var file = File.Create(json);
    await JsonSerializer.SerializeAsync(file, new { machine, at = TimeProvider.System.GetUtcNow(), rows }, ResultTable.Json);
}
return rows.All(r => r.Pass) ? 0 : 1;
