using CallCenter.Fleet;
using CallCenter.Fleet.Control;
using CallCenter.Fleet.Members;
using CallCenter.Hosting;
using CallCenter.Starting;

try
{
    if (args is [var command, ..] && !command.StartsWith('-'))
    {
        return await Client.Run(args);
    }
    using var configuration = new ConfigurationManager();
    configuration.AddEnvironmentVariables().AddCommandLine(args);
    await using var ground = await Ground.Prepare(
        configuration, new EmbeddedPostgresOptions(Connections: Supervisor.Connections), data => Leftovers.Stop(data, Progress.Say)); // ports, data folder, database
    await using var fleet = await Supervisor.Prepare(configuration, ground, args);
    await using var app = ControlApi.Build(fleet);
    await app.StartAsync();
    await fleet.Run(app.Services.GetRequiredService<IHostApplicationLifetime>());
    return fleet.ExitCode;
}
catch (Exception e) when (e is StartException || Ports.IsTaken(e))
{
    await Console.Error.WriteLineAsync($"callcenter: {e.Message}");
    return 1;
}
