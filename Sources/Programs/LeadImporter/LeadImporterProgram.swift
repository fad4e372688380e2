import Bootstrap
import LeadImporter
import Leads

@main
struct LeadImporterProgram {
  static func main() async {
    await WorkerProgram.run(.leadImporter) { resources in
      LeadImporterHandler(database: resources.database)
    }
  }
}
