using CallCenter.AllInOne;
using CallCenter.Starting;
using CallCenter.Hosting;

try
{
    var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
    await using var ground = await Ground.Prepare(builder.Configuration); // ports, data folder, database
    builder.AddCallCenterDefaults();
    builder.AddTenancy();
    builder.AddRouting();
    builder.AddIvr();
    builder.AddCrm();
    builder.AddRecording();
    builder.AddReporting();
    builder.AddTelephony();
    builder.AddDesk();
    builder.AddOpening();

    var app = builder.Build();
    app.MapCallCenterDefaults();
    app.MapTenancy();
    app.MapRouting();
    app.MapIvr();
    app.MapCrm();
    app.MapRecording();
    app.MapReporting();
    app.MapTelephony();
    app.MapDesk();
    await app.RunAsync();
    return Opening.ExitCode;
}
catch (Exception e) when (e is StartException || Ports.IsTaken(e))
{
    await Console.Error.WriteLineAsync($"callcenter: {e.Message}");
    return 1;
}
